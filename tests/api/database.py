"""A real PostgreSQL or MariaDB of the system on loopback for one test file, as a child. In the test:

#! postgres                 starts it; {{postgres}} is its port, its user "reader" with the password "a secret"
#! mariadb                  the same; {{mariadb}} is its port
#! sql CREATE TABLE ...     runs a statement in its database "crm"
"""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

USER, PASSWORD = "reader", "a secret"


class Postgres:
    def __init__(self):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not programs:
            raise OSError("PostgreSQL is not installed: see tools/packages.txt")
        self.bin = programs[-1].parent
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zhike-postgres-"))
        self.folder.chmod(0o777)
        secret = self.folder / "secret"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o644)
        self.process = None
        try:
            subprocess.run([*self.as_user(), self.bin / "initdb", "-D", self.folder / "data", "-U", USER, "-E", "UTF8",
                            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}"],
                           check=True, stdout=subprocess.DEVNULL)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            self.process = subprocess.Popen(
                [*self.as_user(), self.bin / "postgres", "-D", self.folder / "data", "-c", f"port={self.port}",
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(200):
                if self.psql("postgres", "CREATE DATABASE crm").returncode == 0:
                    return
                time.sleep(0.1)
            raise OSError("PostgreSQL did not start")
        except BaseException:
            self.stop()
            raise

    @staticmethod
    def as_user():
        """PostgreSQL refuses to run as root: it then runs as the package's own user."""
        if os.geteuid() != 0:
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"]

    def psql(self, database, sql):
        return subprocess.run([self.bin / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", database,
                               "-v", "ON_ERROR_STOP=1", "-qc", sql], env={**os.environ, "PGPASSWORD": PASSWORD},
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self, sql):
        done = self.psql("crm", sql)
        if done.returncode != 0:
            raise OSError(f"{sql}: {done.stderr.decode(errors='replace')}")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Mariadb:
    INSTALL, SERVER, CLIENT = "/usr/bin/mariadb-install-db", "/usr/sbin/mariadbd", "/usr/bin/mariadb"

    @classmethod
    def available(cls):
        return all(pathlib.Path(program).exists() for program in (cls.INSTALL, cls.SERVER, cls.CLIENT))

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zhike-mariadb-"))
        self.folder.chmod(0o777)
        setup = self.folder / "setup.sql"
        setup.write_text("CREATE DATABASE crm CHARACTER SET utf8mb4;\n"
                         f"CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}';\nGRANT SELECT ON crm.* TO {USER}@'%';\n"
                         f"CREATE USER owner@'%' IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO owner@'%';\n")
        setup.chmod(0o644)
        data = self.folder / "data"
        # As root it runs as the package's own user.
        user = ["--user=mysql"] if os.geteuid() == 0 else []
        self.process = None
        try:
            subprocess.run([self.INSTALL, "--no-defaults", "--skip-test-db", f"--datadir={data}", *user], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            self.process = subprocess.Popen(
                [self.SERVER, "--no-defaults", f"--datadir={data}", f"--socket={data}/s.sock", f"--pid-file={data}/pid",
                 "--bind-address=127.0.0.1", f"--port={self.port}", f"--init-file={setup}",
                 "--innodb-buffer-pool-size=16M", *user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(300):
                if self.client("SELECT 1").returncode == 0:
                    return
                time.sleep(0.1)
            raise OSError("MariaDB did not start")
        except BaseException:
            self.stop()
            raise

    def client(self, sql):
        return subprocess.run([self.CLIENT, "--no-defaults", "--protocol=tcp", "-h", "127.0.0.1", "-P", str(self.port),
                               "-u", "owner", "--default-character-set=utf8mb4", "crm", "-e", sql],
                              env={**os.environ, "MYSQL_PWD": PASSWORD}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self, sql):
        done = self.client(sql)
        if done.returncode != 0:
            raise OSError(f"{sql}: {done.stderr.decode(errors='replace')}")

    stop = Postgres.stop
