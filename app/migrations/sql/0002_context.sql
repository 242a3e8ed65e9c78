-- The context of a transaction, as dispatch/scope.py sets it with set_config(..., true).
-- Each answers NULL where nothing was set, and a comparison with NULL shows no row.
CREATE FUNCTION ctx_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.role', true), '') $$;
CREATE FUNCTION ctx_user() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.user_id', true), '')::integer $$;
CREATE FUNCTION ctx_agency() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.agency_id', true), '')::integer $$;
CREATE FUNCTION ctx_unit() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.unit_id', true), '')::integer $$;
CREATE FUNCTION ctx_village() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.village', true), '') $$;
CREATE FUNCTION ctx_groups() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT string_to_array(coalesce(current_setting('app.groups', true), ''), ',') $$;
CREATE FUNCTION ctx_reveal() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT nullif(current_setting('app.reveal', true), '')::bigint $$;

-- Not sensitive, or the asker belongs to the group that may see it.
CREATE FUNCTION in_group(restricted_group text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
  $$ SELECT restricted_group IS NULL OR restricted_group = ANY (ctx_groups()) $$;
