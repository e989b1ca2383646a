"""The tables of the rounds. What counts once counts by a constraint here, not by a counter anywhere."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 2  # of these tables: older ones are brought up to it, newer ones refused, see database.py
METADATA = MetaData()

VERSIONS = Table("attnviz_rounds_version", METADATA, Column("version", Integer, nullable=False))

CLASSROOMS = Table(
    "attnviz_classrooms",
    METADATA,
    Column("code", String(8), primary_key=True),
    Column("opened", DateTime, nullable=False),
    Column("version", Integer, nullable=False, default=0),
    Column("ended", DateTime),  # none while the lesson goes on
)

ROUNDS = Table(
    "attnviz_rounds",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("classroom", ForeignKey(CLASSROOMS.c.code, ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("task", Text, nullable=False),
    Column("opened", DateTime, nullable=False),
    Column("up", Integer),
    UniqueConstraint("classroom", "number"),
    sqlite_autoincrement=True,  # the number of a deleted round is never another's: a late answer would find that one
)

DEVICES = Table(
    "attnviz_devices",
    METADATA,
    Column("classroom", ForeignKey(CLASSROOMS.c.code, ondelete="CASCADE"), primary_key=True),
    Column("device", String(32), primary_key=True),  # a digest of its token
)

ANSWERS = Table(
    "attnviz_answers",
    METADATA,
    Column("round", ForeignKey(ROUNDS.c.id, ondelete="CASCADE"), primary_key=True),
    Column("device", String(32), primary_key=True),
    Column("given", Text, nullable=False),
    Column("turn", Integer, nullable=False),  # of the device: what it sent later stands, whatever comes first
)

SENTENCES = Table(
    "attnviz_sentences",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("round", ForeignKey(ROUNDS.c.id, ondelete="CASCADE"), nullable=False),
    Column("device", String(32), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("shown", Boolean),
    UniqueConstraint("round", "device", "nonce"),
    Index("attnviz_sentences_of_a_round", "round"),
    sqlite_autoincrement=True,
)

# What came with each version, in their order: columns that may be empty.
ADDED: dict[int, tuple[Column[object], ...]] = {2: (CLASSROOMS.c.ended,)}
