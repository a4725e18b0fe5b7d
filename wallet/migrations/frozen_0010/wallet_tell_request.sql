-- Names both people and the reason of a request, for the ledger row that comes of it.
CREATE OR REPLACE FUNCTION wallet_tell_request(_request wallet_approvalrequest, _by text)
RETURNS text
LANGUAGE sql
STABLE
RETURN json_build_object(
    'request', (_request).id, 'reason', (_request).reason, 'note', (_request).note,
    'requested_by', (_request).requested_by, 'approved_by', _by
)::text;
