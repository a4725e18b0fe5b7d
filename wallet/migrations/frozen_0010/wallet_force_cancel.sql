-- Reverses the transaction that an open request names, just as its platform's own cancel would; never for the requester.
CREATE OR REPLACE FUNCTION wallet_force_cancel(
    _request_id bigint, _by text, _now timestamptz, OUT outcome text, OUT transaction_id bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
    _request wallet_approvalrequest;
    _known wallet_transaction;
BEGIN
    SELECT * INTO _request FROM wallet_approvalrequest WHERE id = _request_id AND kind = 'forced_cancel';
    IF _request.state IS DISTINCT FROM 'open' OR _request.requested_by = _by THEN
        outcome := 'not_approved';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(_request.player_id);
    SELECT * INTO STRICT _known
    FROM wallet_transaction
    WHERE id = _request.transaction_id AND source = 'platform' AND kind IN ('bet', 'win', 'refund');
    IF EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _known.id) THEN
        outcome := 'transaction_canceled';
        RETURN;
    END IF;
    transaction_id := wallet_reverse(_known, _now, wallet_tell_request(_request, _by));
    outcome := 'applied';
END;
$$;
