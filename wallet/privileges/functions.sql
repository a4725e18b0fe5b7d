-- Lets whoever may call them move money through these functions, and by nothing else: they act with their owner's rights.
-- Applied after every migration, since replacing a function takes this away from it. All others act as their caller.
DO $$
DECLARE
    _entries text[] := ARRAY[
        'wallet_change_balance', 'wallet_cancel_transaction', 'wallet_finish_round', 'wallet_move_cash', 'wallet_adjust',
        'wallet_force_cancel', 'wallet_force_close', 'wallet_limit_account', 'wallet_create_partition'
    ];
    _function regprocedure;
BEGIN
    FOR _function IN
        SELECT oid
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname = ANY(_entries)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path TO public, pg_temp', _function);
    END LOOP;
    FOR _function IN
        SELECT oid
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', _function);
    END LOOP;
END;
$$;
