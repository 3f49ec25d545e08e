"""The database that every contestant has a copy of."""

import os
import subprocess

import contestants
import database

NAME = "bench_template"


def make():
    database.create(NAME)
    environment = {**contestants.base_environment(), **contestants.Service(1, 2).environment(NAME)}
    subprocess.run([os.environ["PROXYHOOKS_BIN"], "migrate"], check=True, env=environment, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    database.run_file(NAME, os.path.dirname(os.path.abspath(__file__)) + "/fill.sql")
    database.query(NAME, "vacuum analyze")
