-- Finds or opens the system account that stands on the other side of a player's movements.
CREATE OR REPLACE FUNCTION wallet_open_system_account(_casino_id bigint, _operator_id bigint, _kind text, _currency text)
RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    _id bigint;
BEGIN
    INSERT INTO wallet_account (casino_id, operator_id, kind, currency, last_number, head_hash)
    VALUES (_casino_id, _operator_id, _kind, _currency, 0, decode(repeat('00', 32), 'hex'))
    ON CONFLICT DO NOTHING;
    SELECT id INTO STRICT _id
    FROM wallet_account
    WHERE casino_id = _casino_id AND operator_id IS NOT DISTINCT FROM _operator_id AND kind = _kind
        AND currency = _currency;
    RETURN _id;
END;
$$;
