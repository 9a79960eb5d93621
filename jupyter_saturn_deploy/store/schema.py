"""The tables. One entry per version; an entry is never edited once released."""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE resources (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        owner TEXT NOT NULL,
        project TEXT NOT NULL,
        name TEXT NOT NULL,
        backend TEXT NOT NULL,
        spec TEXT NOT NULL,
        generation INTEGER NOT NULL DEFAULT 1,
        runs_made INTEGER NOT NULL DEFAULT 0,
        created_at REAL NOT NULL,
        updated_at REAL NOT NULL,
        deleted_at REAL
    );
    CREATE UNIQUE INDEX resources_name ON resources (owner, kind, name) WHERE deleted_at IS NULL;
    CREATE INDEX resources_deleted ON resources (id) WHERE deleted_at IS NOT NULL;

    CREATE TABLE runs (
        id TEXT PRIMARY KEY,
        job_id TEXT NOT NULL REFERENCES resources (id),
        number INTEGER NOT NULL,
        owner TEXT NOT NULL,
        project TEXT NOT NULL,
        backend TEXT NOT NULL,
        execution TEXT NOT NULL,
        trigger TEXT NOT NULL,
        by TEXT NOT NULL,
        generation INTEGER NOT NULL,
        created_at REAL NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        detail TEXT,
        exit_code INTEGER,
        signal INTEGER,
        started_at REAL,
        ended_at REAL,
        next_attempt_at REAL,
        stop_reason TEXT,
        attempt INTEGER NOT NULL DEFAULT 0,
        deleted_at REAL,
        UNIQUE (job_id, number)
    );
    CREATE INDEX runs_of_job ON runs (job_id, id);
    CREATE INDEX runs_of_project ON runs (project, id);
    CREATE INDEX runs_active ON runs (backend, state, id)
        WHERE state NOT IN ('completed', 'error', 'stopped');
    CREATE INDEX runs_deleted ON runs (id) WHERE deleted_at IS NOT NULL;

    CREATE TABLE attempts (
        run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        exit_code INTEGER,
        signal INTEGER,
        started_at REAL,
        ended_at REAL,
        PRIMARY KEY (run_id, number)
    ) WITHOUT ROWID;

    -- Written by triggers, so that no writer can forget to tell.
    CREATE TABLE changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        subject TEXT NOT NULL,
        id TEXT NOT NULL,
        job_id TEXT NOT NULL,
        owner TEXT NOT NULL,
        project TEXT NOT NULL,
        name TEXT NOT NULL,
        change TEXT NOT NULL,
        number INTEGER,
        reason TEXT,
        exit_code INTEGER
    );
    CREATE TRIGGER job_created AFTER INSERT ON resources BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change)
        VALUES (new.kind, new.id, new.id, new.owner, new.project, new.name, 'created');
    END;
    CREATE TRIGGER job_changed AFTER UPDATE OF spec, deleted_at ON resources BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change)
        VALUES (new.kind, new.id, new.id, new.owner, new.project, new.name,
                iif(new.deleted_at IS NULL, 'updated', 'deleted'));
    END;
    CREATE TRIGGER run_created AFTER INSERT ON runs BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change, number)
        SELECT 'run', new.id, new.job_id, new.owner, new.project, name, new.state, new.number
        FROM resources WHERE id = new.job_id;
    END;
    CREATE TRIGGER run_changed AFTER UPDATE OF state, attempt, stop_reason, deleted_at ON runs
    BEGIN
        INSERT INTO changes
            (subject, id, job_id, owner, project, name, change, number, reason, exit_code)
        SELECT 'run', new.id, new.job_id, new.owner, new.project, name,
               iif(new.deleted_at IS NULL, new.state, 'deleted'),
               new.number, new.reason, new.exit_code
        FROM resources WHERE id = new.job_id;
    END;
    """,
    """
    ALTER TABLE runs ADD COLUMN cell INTEGER;
    ALTER TABLE runs ADD COLUMN cells INTEGER;
    DROP TRIGGER run_changed;
    CREATE TRIGGER run_changed
    AFTER UPDATE OF state, attempt, stop_reason, deleted_at, cell ON runs
    BEGIN
        INSERT INTO changes
            (subject, id, job_id, owner, project, name, change, number, reason, exit_code)
        SELECT 'run', new.id, new.job_id, new.owner, new.project, name,
               iif(new.deleted_at IS NULL, new.state, 'deleted'),
               new.number, new.reason, new.exit_code
        FROM resources WHERE id = new.job_id;
    END;
    """,
    """
    ALTER TABLE runs ADD COLUMN used TEXT;
    ALTER TABLE runs ADD COLUMN cpu_seconds REAL;
    ALTER TABLE runs ADD COLUMN memory_peak INTEGER;
    ALTER TABLE runs ADD COLUMN disk INTEGER;
    ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN duration REAL GENERATED ALWAYS AS (ended_at - started_at) VIRTUAL;
    -- Not IN: SQLite would build a table of the three words for each row that a trigger looks at.
    ALTER TABLE runs ADD COLUMN active INTEGER GENERATED ALWAYS AS
        (CASE state WHEN 'completed' THEN 0 WHEN 'error' THEN 0 WHEN 'stopped' THEN 0 ELSE 1 END)
        VIRTUAL;

    -- One for each way in which runs are listed, see `lanes`.
    DROP INDEX runs_of_job;
    DROP INDEX runs_of_project;
    CREATE INDEX runs_of_job ON runs (job_id, id) WHERE deleted_at IS NULL;
    CREATE INDEX runs_of_job_by_state ON runs (job_id, state, id) WHERE deleted_at IS NULL;
    CREATE INDEX runs_of_job_by_duration ON runs (job_id, duration, id, state, pinned)
        WHERE deleted_at IS NULL AND duration IS NOT NULL;
    CREATE INDEX runs_of_job_by_memory ON runs (job_id, memory_peak, id, state, pinned)
        WHERE deleted_at IS NULL AND memory_peak IS NOT NULL;
    CREATE INDEX runs_of_project ON runs (owner, project, id) WHERE deleted_at IS NULL;
    CREATE INDEX runs_of_project_by_state ON runs (owner, project, state, id)
        WHERE deleted_at IS NULL;
    CREATE INDEX runs_pinned ON runs (owner, id, state, project, job_id)
        WHERE deleted_at IS NULL AND pinned = 1;
    CREATE INDEX runs_disk ON runs (job_id, disk) WHERE disk IS NOT NULL;

    -- Kept by triggers: how many runs of a job are active, and the latest that is not deleted.
    ALTER TABLE resources ADD COLUMN active_runs INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE resources ADD COLUMN last_run_id TEXT;
    ALTER TABLE resources ADD COLUMN active INTEGER GENERATED ALWAYS AS (active_runs > 0) VIRTUAL;
    UPDATE resources SET
        active_runs = (SELECT count(*) FROM runs WHERE job_id = resources.id AND active = 1),
        last_run_id =
            (SELECT max(id) FROM runs WHERE job_id = resources.id AND deleted_at IS NULL);
    -- When something last happened, as runs' ids tell it: its latest run, else that it was made.
    ALTER TABLE resources ADD COLUMN activity TEXT GENERATED ALWAYS AS
        (coalesce(last_run_id, printf('%016x', CAST(created_at * 1e9 AS INTEGER)) || id)) VIRTUAL;
    CREATE INDEX resources_activity
        ON resources (owner, kind, active, activity, name, id, project)
        WHERE deleted_at IS NULL;
    CREATE TRIGGER run_counted AFTER INSERT ON runs BEGIN
        UPDATE resources SET active_runs = active_runs + new.active,
            last_run_id = max(new.id, coalesce(last_run_id, ''))
        WHERE id = new.job_id;
    END;
    CREATE TRIGGER run_ended AFTER UPDATE OF state ON runs WHEN old.active <> new.active BEGIN
        UPDATE resources SET active_runs = active_runs + new.active - old.active
        WHERE id = new.job_id;
    END;
    CREATE TRIGGER run_hidden AFTER UPDATE OF deleted_at ON runs BEGIN
        UPDATE resources SET last_run_id =
            (SELECT max(id) FROM runs WHERE job_id = new.job_id AND deleted_at IS NULL)
        WHERE id = new.job_id AND last_run_id = new.id AND deleted_at IS NULL;
    END;

    -- That a job is deleted says it of its runs too; only those that have still to end are told of.
    DROP TRIGGER run_changed;
    CREATE TRIGGER run_changed
    AFTER UPDATE OF state, attempt, stop_reason, deleted_at, cell, pinned ON runs
    BEGIN
        INSERT INTO changes
            (subject, id, job_id, owner, project, name, change, number, reason, exit_code)
        SELECT 'run', new.id, new.job_id, new.owner, new.project, name,
               iif(new.deleted_at IS NULL AND deleted_at IS NULL, new.state, 'deleted'),
               new.number, new.reason, new.exit_code
        FROM resources WHERE id = new.job_id AND (deleted_at IS NULL OR old.active);
    END;
    """,
    """
    ALTER TABLE runs ADD COLUMN scheduled_for REAL;

    -- One row for each job that has a schedule; what it says is in the job's spec.
    CREATE TABLE schedules (
        job_id TEXT PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
        next_fire REAL NOT NULL,
        following REAL,
        look_at REAL,
        last_slot REAL,
        waiting INTEGER NOT NULL DEFAULT 0,
        resumed_at REAL,
        trouble TEXT
    ) WITHOUT ROWID;
    CREATE INDEX schedules_due ON schedules (look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX schedules_short ON schedules (job_id) WHERE following IS NULL;
    CREATE TABLE slots (
        job_id TEXT NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
        scheduled_for REAL NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        count INTEGER NOT NULL,
        run_id TEXT,
        PRIMARY KEY (job_id, scheduled_for)
    ) WITHOUT ROWID;
    CREATE INDEX slots_by_time ON slots (scheduled_for);
    CREATE TABLE workspaces (
        owner TEXT NOT NULL,
        project TEXT NOT NULL,
        prefix TEXT NOT NULL,
        base_url TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (owner, project)
    ) WITHOUT ROWID;

    -- With its last active run ended, a slot that waits may start.
    CREATE TRIGGER schedule_freed AFTER UPDATE OF active_runs ON resources
    WHEN new.active_runs = 0 AND old.active_runs > 0
    BEGIN
        UPDATE schedules SET look_at = 0
        WHERE job_id = new.id AND waiting = 1 AND look_at IS NOT NULL;
    END;
    CREATE TRIGGER schedule_ended AFTER UPDATE OF deleted_at ON resources
    WHEN new.deleted_at IS NOT NULL
    BEGIN
        DELETE FROM schedules WHERE job_id = new.id;
    END;
    -- Those that start tell by their run.
    CREATE TRIGGER slot_noted AFTER INSERT ON slots WHEN new.outcome <> 'started' BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change)
        SELECT kind, id, id, owner, project, name, 'updated' FROM resources WHERE id = new.job_id;
    END;
    """,
    """
    ALTER TABLE runs ADD COLUMN advice TEXT;
    """,
    """
    ALTER TABLE runs ADD COLUMN revision INTEGER;
    ALTER TABLE runs ADD COLUMN instance INTEGER;
    ALTER TABLE runs ADD COLUMN serving TEXT;
    ALTER TABLE runs ADD COLUMN served INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;

    -- One row for each deployment; what it is made of is in its spec.
    CREATE TABLE deployments (
        deployment_id TEXT PRIMARY KEY REFERENCES resources (id) ON DELETE CASCADE,
        wanted INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT 0,
        scale INTEGER NOT NULL DEFAULT 0,
        opened_at REAL,
        opened_by TEXT
    ) WITHOUT ROWID;
    CREATE TABLE revisions (
        deployment_id TEXT NOT NULL REFERENCES resources (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        execution TEXT NOT NULL,
        backend TEXT NOT NULL,
        generation INTEGER NOT NULL,
        how TEXT NOT NULL,
        origin INTEGER,
        by TEXT NOT NULL,
        created_at REAL NOT NULL,
        PRIMARY KEY (deployment_id, number)
    ) WITHOUT ROWID;
    CREATE INDEX runs_instances ON runs (job_id, id) WHERE revision IS NOT NULL
        AND state NOT IN ('completed', 'error', 'stopped');

    -- Lists of runs are of jobs' runs.
    DROP INDEX runs_of_project;
    DROP INDEX runs_of_project_by_state;
    DROP INDEX runs_pinned;
    CREATE INDEX runs_of_project ON runs (owner, project, id)
        WHERE deleted_at IS NULL AND revision IS NULL;
    CREATE INDEX runs_of_project_by_state ON runs (owner, project, state, id)
        WHERE deleted_at IS NULL AND revision IS NULL;
    CREATE INDEX runs_pinned ON runs (owner, id, state, project, job_id)
        WHERE deleted_at IS NULL AND revision IS NULL AND pinned = 1;

    DROP TRIGGER run_created;
    CREATE TRIGGER run_created AFTER INSERT ON runs BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change, number)
        SELECT iif(new.revision IS NULL, 'run', 'instance'), new.id, new.job_id, new.owner,
               new.project, name, new.state, new.number
        FROM resources WHERE id = new.job_id;
    END;
    DROP TRIGGER run_changed;
    CREATE TRIGGER run_changed
    AFTER UPDATE OF state, attempt, stop_reason, deleted_at, cell, pinned, serving, advice ON runs
    BEGIN
        INSERT INTO changes
            (subject, id, job_id, owner, project, name, change, number, reason, exit_code)
        SELECT iif(new.revision IS NULL, 'run', 'instance'), new.id, new.job_id, new.owner,
               new.project, name,
               iif(new.deleted_at IS NULL AND deleted_at IS NULL, new.state, 'deleted'),
               new.number, new.reason, new.exit_code
        FROM resources WHERE id = new.job_id AND (deleted_at IS NULL OR old.active);
    END;
    CREATE TRIGGER deployment_wished AFTER INSERT ON deployments BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change)
        SELECT kind, id, id, owner, project, name, 'updated' FROM resources
        WHERE id = new.deployment_id;
    END;
    CREATE TRIGGER deployment_wished_again AFTER UPDATE OF wanted, revision ON deployments BEGIN
        INSERT INTO changes (subject, id, job_id, owner, project, name, change)
        SELECT kind, id, id, owner, project, name, 'updated' FROM resources
        WHERE id = new.deployment_id;
    END;
    """,
    """
    CREATE TABLE tokens (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at REAL NOT NULL,
        last_used_at REAL
    ) WITHOUT ROWID;
    """,
)
