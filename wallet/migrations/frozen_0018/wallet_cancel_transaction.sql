-- Reverses exactly one transaction of a platform's, once; an unknown one leaves a tombstone that refuses it for good.
CREATE OR REPLACE FUNCTION wallet_cancel_transaction(
    _operator_id bigint, _casino_id bigint, _skip_closing boolean, _user_id text, _reference text, _round_ref text,
    _round_finished boolean, _now timestamptz, OUT outcome text
)
LANGUAGE plpgsql
AS $$
DECLARE
    _player_id bigint;
    _known wallet_transaction;
BEGIN
    SELECT id INTO _player_id FROM wallet_player WHERE casino_id = _casino_id AND user_id = _user_id;
    IF NOT FOUND THEN
        outcome := 'unknown_player';
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(_player_id);
    SELECT * INTO _known
    FROM wallet_transaction
    WHERE owner_id = _operator_id AND reference = _reference AND source = 'platform';
    outcome := CASE
        WHEN _known.kind = 'tombstone' OR _known.player_id IS DISTINCT FROM _player_id THEN 'unknown_transaction'
        ELSE 'canceled'
    END;
    IF _known.id IS NULL THEN
        INSERT INTO wallet_transaction (source, owner_id, reference, kind, player_id, amount, created_at)
        VALUES ('platform', _operator_id, _reference, 'tombstone', _player_id, 0, _now)
        ON CONFLICT (owner_id, reference, source) DO NOTHING;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'transaction % was booked for another player meanwhile', _reference USING ERRCODE = 'WA001';
        END IF;
    ELSIF outcome = 'canceled' THEN
        IF EXISTS (SELECT FROM wallet_transaction WHERE reverses_id = _known.id) THEN
            outcome := 'canceled_before';
        ELSE
            PERFORM wallet_reverse(_known, _now);
        END IF;
    END IF;
    IF _round_finished THEN
        PERFORM wallet_end_round(_operator_id, _player_id, _user_id, _round_ref, _skip_closing, _now);
    END IF;
END;
$$;
