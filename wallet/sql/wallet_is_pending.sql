-- Says whether the platform is still waiting for our word on a movement: it was answered with a time-out or a fault.
CREATE OR REPLACE FUNCTION wallet_is_pending(_operator_id bigint, _user_id text, _round_ref text, _reference text)
RETURNS boolean
LANGUAGE sql
STABLE
AS $$
SELECT EXISTS (
    SELECT
    FROM operators_exchange
    WHERE operator_id = _operator_id AND round_ref = _round_ref AND user_ref = _user_id
        AND transaction_ref = _reference AND unresolved
);
$$;
