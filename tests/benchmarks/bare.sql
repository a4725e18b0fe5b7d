-- The least that a bet could be: a balance updated if the funds suffice, and one row with a unique key.
CREATE SCHEMA bare;
CREATE TABLE bare.account (
    id bigint PRIMARY KEY,
    balance numeric(24, 8) NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE bare.entry (
    reference text COLLATE "C" PRIMARY KEY,
    account_id bigint NOT NULL,
    amount numeric(24, 8) NOT NULL,
    balance numeric(24, 8) NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE FUNCTION bare.bet(_account_id bigint, _reference text, _amount numeric)
RETURNS numeric
LANGUAGE plpgsql
AS $$
DECLARE
    _balance numeric;
BEGIN
    UPDATE bare.account
    SET balance = balance - _amount
    WHERE id = _account_id AND balance >= _amount
    RETURNING balance INTO _balance;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO bare.entry (reference, account_id, amount, balance, created_at)
    VALUES (_reference, _account_id, _amount, _balance, now());
    RETURN _balance;
END;
$$;
INSERT INTO bare.account (id, balance) SELECT number, 1000000 FROM generate_series(1, 10000) AS number;

