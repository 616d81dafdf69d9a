"""Officers' own logins: two functions make and end them, owned by the one role that may, and called by the web.

CREATEROLE is a master key: who has it can give himself nearly any right. So nobody logs in as that role, no login is a
member of it (not even the owner, who migrates), and its two functions take only the id of a row in accounts_desklogin:
the name must be one of ours, the person active, the group the desk's. Only the person whose it is opens one: who has
somebody's password would write the history in that person's name.
"""

from collections.abc import Iterator

from .item import Item, name, text
from .roles import Names

CONNECTIONS = 6
LIMITS = (
    ("statement_timeout", "30s"),
    ("lock_timeout", "2s"),
    ("idle_in_transaction_session_timeout", "10min"),
)

OPEN = """
DECLARE
    name text := (SELECT d.rolname FROM public.accounts_desklogin d JOIN public.accounts_user u ON u.id = d.user_id
                  WHERE d.id = login AND d.active AND u.is_active
                    AND d.user_id = nullif(current_setting('baladiya.user', true), '')::uuid);
    setting text;
BEGIN
    IF name IS NULL OR name !~ '^{prefix}_officer_[0-9a-f]{{12}}$' THEN
        RAISE EXCEPTION 'There is no active login % of yours.', login
            USING ERRCODE = 'no_data_found';
    END IF;
    IF verifier !~ '^SCRAM-SHA-256\\$' OR ends <= now() THEN
        RAISE EXCEPTION 'Give a SCRAM verifier and a moment to come.' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN CONNECTION LIMIT {connections} IN ROLE {desk}', name);
    END IF;
    EXECUTE format('ALTER ROLE %I RESET ALL', name); -- everybody may change settings of an own login
    FOREACH setting IN ARRAY {limits}::text[] LOOP
        EXECUTE format('ALTER ROLE %I SET ', name) || setting;
    END LOOP;
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', name, verifier, ends);
END
"""
CLOSE = """
DECLARE
    name text := (SELECT d.rolname FROM public.accounts_desklogin d WHERE d.id = login);
BEGIN
    IF name ~ '^{prefix}_officer_[0-9a-f]{{12}}$' AND EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
        EXECUTE format('ALTER ROLE %I NOLOGIN', name);
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = name;
    END IF;
END
"""


def items_of_logins(names: Names) -> Iterator[Item]:
    """What lets the role do its work, for the cluster."""
    quoted = {"roles": name(names.roles).as_string(), "desk": name(names.desk).as_string()}
    yield Item(
        code="roles-gives-desk",
        sentence=f"{names.roles} may put officers' logins into {names.desk}",
        question=text(
            "SELECT EXISTS (SELECT FROM pg_auth_members WHERE roleid = to_regrole({desk})"
            " AND member = to_regrole({roles}) AND admin_option)",
            **quoted,
        ),
        statements=(text("GRANT {desk} TO {roles} WITH ADMIN OPTION", desk=name(names.desk), roles=name(names.roles)),),
    )
    yield Item(
        code="roles-ends-sessions",
        sentence=f"{names.roles} may end the sessions of a closed login",
        question=text(
            "SELECT COALESCE(pg_has_role(to_regrole({roles}), 'pg_signal_backend', 'MEMBER'), false)",
            roles=quoted["roles"],
        ),
        statements=(text("GRANT pg_signal_backend TO {roles}", roles=name(names.roles)),),
    )


def functions_of_logins(names: Names) -> Iterator[Item]:
    """The two functions, in one database; they read tables that migrations make later."""
    limits = "ARRAY[" + ", ".join(f"'{key} = ''{value}'''" for key, value in LIMITS) + "]"
    filled = {
        "prefix": names.prefix,
        "desk": name(names.desk).as_string(),
        "connections": CONNECTIONS,
        "limits": limits,
    }
    yield _function(names, "desk_login_open", "login uuid, verifier text, ends timestamptz", OPEN.format(**filled))
    yield _function(names, "desk_login_close", "login uuid", CLOSE.format(**filled))


def _function(names: Names, called: str, arguments: str, body: str) -> Item:
    signature = f"public.{called}({', '.join(part.split()[1] for part in arguments.split(', '))})"
    return Item(
        code=f"function-{called}",
        sentence=f"Function {called} is there, owned by {names.roles} and open to the application alone",
        question=text(
            "SELECT EXISTS (SELECT FROM pg_proc p WHERE p.oid = to_regprocedure({signature}) AND p.prosrc = {body}"
            " AND p.prosecdef AND p.proowner = to_regrole({roles})"
            " AND has_function_privilege(to_regrole({web}), p.oid, 'EXECUTE')"
            " AND NOT has_function_privilege('public', p.oid, 'EXECUTE'))",
            signature=signature,
            body=body,
            roles=name(names.roles).as_string(),
            web=name(names.web).as_string(),
        ),
        statements=(
            f"CREATE OR REPLACE FUNCTION public.{called}({arguments}) RETURNS void LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = pg_catalog, pg_temp AS {text('{body}', body=body)}",
            text(f"ALTER FUNCTION {signature} OWNER TO {{roles}}", roles=name(names.roles)),
            f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
            text(f"GRANT EXECUTE ON FUNCTION {signature} TO {{web}}", web=name(names.web)),
            text("GRANT USAGE ON SCHEMA public TO {roles}", roles=name(names.roles)),
        ),
    )
