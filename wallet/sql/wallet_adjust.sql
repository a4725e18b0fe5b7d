-- Books the adjustment that an open request asks for, once, in the name of whoever approves it: never the requester.
CREATE OR REPLACE FUNCTION wallet_adjust(
    _request_id bigint, _by text, _now timestamptz, OUT outcome text, OUT transaction_id bigint
)
LANGUAGE plpgsql
AS $$
DECLARE
    _request wallet_approvalrequest;
    _account wallet_account;
    _system_id bigint;
    _kind text;
BEGIN
    SELECT * INTO _request FROM wallet_approvalrequest WHERE id = _request_id AND kind = 'adjustment';
    IF _request.state IS DISTINCT FROM 'open' OR _request.requested_by = _by THEN
        outcome := 'not_approved';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(_request.player_id);
    SELECT * INTO STRICT _account FROM wallet_account WHERE id = _request.account_id AND kind = 'player';
    IF _request.amount < 0 AND _account.balance < -_request.amount THEN
        outcome := 'insufficient_funds';
        RETURN;
    END IF;
    _kind := CASE WHEN _request.amount < 0 THEN 'debit' ELSE 'credit' END;
    _system_id := wallet_open_system_account(_account.casino_id, NULL, 'adjustments', _account.currency);
    -- The request's own number is the reference: a second booking of it breaks the unique key.
    INSERT INTO wallet_transaction (source, owner_id, reference, kind, player_id, account_id, amount, created_at)
    VALUES (
        'adjustment', _account.casino_id, _request.id::text, _kind, _request.player_id, _account.id,
        abs(_request.amount), _now
    )
    RETURNING id INTO transaction_id;
    INSERT INTO wallet_ledgerrow (
        transaction_id, account_id, debit_id, credit_id, kind, amount, created_at, context
    )
    VALUES (
        transaction_id, _account.id,
        CASE WHEN _kind = 'debit' THEN _account.id ELSE _system_id END,
        CASE WHEN _kind = 'debit' THEN _system_id ELSE _account.id END,
        _kind, abs(_request.amount), _now, wallet_tell_request(_request, _by)
    );
    outcome := 'applied';
END;
$$;
