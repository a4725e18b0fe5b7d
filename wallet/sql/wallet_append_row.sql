-- Moves the player's balance by a new ledger row, and gives the row its number, its balance and its link in the chain.
CREATE OR REPLACE FUNCTION wallet_append_row()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    _change numeric := CASE WHEN NEW.credit_id = NEW.account_id THEN NEW.amount ELSE -NEW.amount END;
BEGIN
    UPDATE wallet_account
    SET balance = balance + _change,
        last_number = last_number + 1,
        head_hash = wallet_row_hash(head_hash, last_number + 1, balance + _change, NEW)
    WHERE id = NEW.account_id AND kind = 'player'
    RETURNING last_number, balance, head_hash
    INTO NEW.number, NEW.balance, NEW.hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ledger row for account %, which is no player''s account', NEW.account_id;
    END IF;
    RETURN NEW;
END;
$$;
