-- Says how a round ends: 'closing' or 'open', as the operator likes, while something in it is still in doubt.
CREATE OR REPLACE FUNCTION wallet_round_end_state(
    _operator_id bigint, _user_id text, _round_ref text, _skip_closing boolean, _settled_reference text DEFAULT NULL
)
RETURNS text
LANGUAGE sql
STABLE
AS $$
SELECT CASE
    WHEN EXISTS (
        SELECT
        FROM operators_exchange AS exchange
        WHERE exchange.operator_id = _operator_id AND exchange.round_ref = _round_ref
            AND exchange.user_ref = _user_id AND exchange.unresolved
            AND exchange.transaction_ref IS DISTINCT FROM _settled_reference
            AND NOT EXISTS (
                SELECT
                FROM wallet_transaction AS booked
                WHERE booked.owner_id = _operator_id AND booked.reference = exchange.transaction_ref
                    AND booked.source = 'platform'
            )
    ) THEN CASE WHEN _skip_closing THEN 'open' ELSE 'closing' END
    ELSE 'finished'
END;
$$;
