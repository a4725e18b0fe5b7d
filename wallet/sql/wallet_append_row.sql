-- Moves the player's balance by a new ledger row, and gives the row its number, its balance and its link in the chain.
CREATE OR REPLACE FUNCTION wallet_append_row()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    _change numeric := CASE WHEN NEW.credit_id = NEW.account_id THEN NEW.amount ELSE -NEW.amount END;
    _limited boolean;
BEGIN
    -- Weighed here, since PostgreSQL would parse check constraints anew at every bet.
    IF NEW.amount < 0 OR NEW.debit_id = NEW.credit_id OR NEW.account_id NOT IN (NEW.debit_id, NEW.credit_id) THEN
        RAISE EXCEPTION 'ledger row refused: it needs an amount of 0 or more, two sides, and the player on one of them'
            USING ERRCODE = 'check_violation';
    END IF;
    UPDATE wallet_account
    SET balance = balance + _change,
        last_number = last_number + 1,
        head_hash = wallet_row_hash(
            head_hash, NEW.transaction_id, NEW.account_id, last_number + 1, NEW.debit_id, NEW.credit_id, NEW.kind,
            NEW.amount, balance + _change, NEW.operator_id, NEW.round_id, NEW.game_id, NEW.reverses_id, NEW.created_at,
            NEW.platform_at, NEW.tags, NEW.context
        )
    WHERE id = NEW.account_id AND kind = 'player'
    RETURNING last_number, balance, head_hash, limited
    INTO NEW.number, NEW.balance, NEW.hash, _limited;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger row for account %, which is no player''s account', NEW.account_id
            USING ERRCODE = 'check_violation';
    END IF;
    IF _limited THEN
        PERFORM wallet_count_use(NEW.account_id, NEW.kind, NEW.amount, NEW.reverses_id, NEW.created_at);
    END IF;
    RETURN NEW;
END;
$$;
