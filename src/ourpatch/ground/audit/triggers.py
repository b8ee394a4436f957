"""Database triggers that refuse to change or remove what the audit holds."""

from __future__ import annotations

from typing import Any

TABLES = ("ground_audit_auditentry", "ground_audit_auditsubject", "ground_audit_seal", "ground_audit_sealedentry")


def install(connection: Any) -> None:
    """Create the triggers on SQLite or PostgreSQL."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Drop the triggers: reverse migration, and a test database's clean-up."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for event in ("update", "delete", *(("truncate",) if connection.vendor == "postgresql" else ())):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event} BEFORE {event.upper()} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            for table in TABLES
            for event in ("update", "delete")
        ]
    refuse = (
        "CREATE OR REPLACE FUNCTION ground_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    return [refuse] + [
        f"CREATE OR REPLACE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ground_audit_refuse()"
        for table in TABLES
        for event in ("update", "delete", "truncate")
    ]
