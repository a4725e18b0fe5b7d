-- Says what a platform's reference stands for already: a retry of the same thing, or something else; null if unknown.
CREATE OR REPLACE FUNCTION wallet_answer_retry(
    _operator_id bigint, _reference text, _kind text, _account_id bigint, _amount numeric, _round_id bigint,
    _game_id bigint
)
RETURNS text
LANGUAGE sql
STABLE
AS $$
SELECT CASE
    WHEN known.kind = 'tombstone' THEN 'transaction_canceled'
    WHEN (known.kind, known.account_id, known.amount, known.round_id, known.game_id)
        IS DISTINCT FROM (_kind, _account_id, _amount, _round_id, _game_id) THEN 'duplicate_transaction'
    WHEN EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = known.id) THEN 'transaction_canceled'
    ELSE 'replayed'
END
FROM wallet_transaction AS known
WHERE known.owner_id = _operator_id AND known.reference = _reference AND known.source = 'platform';
$$;
