-- Refuses an account that is neither a player's, with a balance of its own, nor a system account, without one.
CREATE OR REPLACE FUNCTION wallet_check_account()
RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    _fault text := CASE
        WHEN NEW.kind = 'player' AND NEW.player_id IS NULL THEN 'a player''s account needs its player'
        WHEN NEW.kind = 'player' AND NEW.operator_id IS NOT NULL THEN 'a player''s account belongs to no operator'
        WHEN NEW.kind = 'player' AND NEW.balance IS DISTINCT FROM 0 THEN 'a player''s account is opened empty'
        WHEN NEW.kind <> 'player' AND NEW.player_id IS NOT NULL THEN 'a system account has no player'
        WHEN NEW.kind <> 'player' AND NEW.balance IS NOT NULL THEN 'a system account carries no balance'
        WHEN NEW.kind NOT IN ('player', 'house', 'promotions', 'cashier', 'in_transit', 'adjustments')
            THEN 'there is no such kind of account'
        WHEN NEW.currency !~ '^[A-Z0-9]{3,4}$' THEN 'a currency is three or four capital letters or digits'
        WHEN NEW.casino_id <> (SELECT casino_id FROM wallet_player WHERE id = NEW.player_id)
            THEN 'the player is another casino''s'
        WHEN NEW.casino_id <> (SELECT casino_id FROM operators_operator WHERE id = NEW.operator_id)
            THEN 'the operator is another casino''s'
        WHEN NEW.last_number <> 0 OR NEW.head_hash <> decode(repeat('00', 32), 'hex')
            THEN 'an account is opened without rows'
    END;
BEGIN
    IF _fault IS NOT NULL THEN
        RAISE EXCEPTION 'account refused: %', _fault USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END;
$$;
