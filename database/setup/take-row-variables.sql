-- Cut, because the caller decides how long they are.
requester CONSTANT text := left(COALESCE(requested_by, ''), 300);
request CONSTANT text := left(COALESCE(request_id, ''), 200);
seen_hash text;
backup bigint;
taken timestamptz;
affected bigint;
