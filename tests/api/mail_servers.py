#!/usr/bin/env python3
"""A mailbox (Dovecot: IMAP) and a mail server (Exim: SMTP) of Debian on loopback ports, for tests.

    mail_servers.py FOLDER IMAP IMAPS SMTP SMTPS     until it is told to end (SIGTERM, SIGINT)

Accounts are "shop" and "li" at shop.example with the password "a password". What is sent to them lies in FOLDER/mail/NAME (a
Maildir). Mail to nobody@ is refused, mail to later@ put off, relaying refused. FOLDER/cert.pem proves 127.0.0.1 and
localhost. No other program: exit code 3 where one of the two is not installed."""
import grp
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

DOVECOT, EXIM = "/usr/sbin/dovecot", "/usr/sbin/exim4"
USERS = ("shop", "li")
PASSWORD = "a password"

DOVECOT_CONF = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%n
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
{internal}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%n {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%n
}}
"""

EXIM_CONF = """
primary_hostname = mx.shop.example
spool_directory = {folder}/spool
log_file_path = {folder}/log/exim-%slog
pid_file_path = {folder}/log/exim.pid
exim_user = {user}
exim_group = {group}
deliver_drop_privilege = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp} : {smtps}
tls_on_connect_ports = {smtps}
tls_advertise_hosts = *
tls_certificate = {folder}/cert.pem
tls_privatekey = {folder}/key.pem
keep_environment =
acl_smtp_rcpt = rcpt
acl_smtp_data = data

begin acl
rcpt:
  deny !authenticated = *
       message = 5.7.1 sign in first
  deny domains = !shop.example
       message = 5.7.1 no relaying
  defer local_parts = later
       message = 4.2.0 come again
  deny local_parts = !lsearch;{folder}/users
       message = 5.1.1 no such mailbox
  accept
data:
  accept

begin routers
local:
  driver = accept
  domains = shop.example
  local_parts = lsearch;{folder}/users
  transport = maildir

begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = {folder}/mail/$local_part_data
  delivery_date_add
  envelope_to_add
  return_path_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{ {{eq{{$auth2}}{{shop}}}} {{eq{{$auth3}}{{{password}}}}} }}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{ {{eq{{$auth1}}{{shop}}}} {{eq{{$auth2}}{{{password}}}}} }}}}
"""


def available():
    return os.path.exists(DOVECOT) and os.path.exists(EXIM) and shutil.which("openssl") is not None


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class MailServers:
    def __init__(self, folder, ports=None):
        self.folder = pathlib.Path(folder).resolve()
        self.imap, self.imaps, self.smtp, self.smtps = ports or free_ports(4)
        self.programs = []
        # Neither program works as root on mails.
        account = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.uid, self.gid, self.user = account.pw_uid, account.pw_gid, account.pw_name
        self.group = grp.getgrgid(self.gid).gr_name

    def own(self, path, mode):
        path.mkdir(exist_ok=True)
        path.chmod(mode)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def start(self):
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        for name in ("mail", "home", "spool", "log"):
            self.own(self.folder / name, 0o755)
        for user in USERS:
            for part in ("", "/new", "/cur", "/tmp"):
                self.own(self.folder / ("mail/" + user + part), 0o700)
        if not (self.folder / "cert.pem").exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", self.folder / "key.pem",
                            "-out", self.folder / "cert.pem"], check=True, capture_output=True)
            os.chmod(self.folder / "key.pem", 0o600)
            if os.geteuid() == 0:
                os.chown(self.folder / "key.pem", self.uid, self.gid)
        (self.folder / "users").write_text("".join(f"{user}: {user}\n" for user in USERS))
        (self.folder / "passwords").write_text("".join(f"{user}:{PASSWORD}\n" for user in USERS))
        internal = "" if os.geteuid() == 0 else (f"default_internal_user = {self.user}\ndefault_internal_group = {self.group}\n"
                                                 f"default_login_user = {self.user}\n")
        values = dict(folder=self.folder, uid=self.uid, gid=self.gid, user=self.user, group=self.group, internal=internal,
                      imap=self.imap, imaps=self.imaps, smtp=self.smtp, smtps=self.smtps, password=PASSWORD)
        (self.folder / "dovecot.conf").write_text(DOVECOT_CONF.format(**values))
        (self.folder / "exim.conf").write_text(EXIM_CONF.format(**values))
        self.programs = [self.run(DOVECOT, "-F", "-c", self.folder / "dovecot.conf"),
                         self.run(EXIM, "-C", self.folder / "exim.conf", "-bdf")]
        for port in (self.imap, self.imaps, self.smtp, self.smtps):
            self.wait_for(port)
        return self

    def run(self, *words):
        return subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=open(self.folder / "stderr.log", "ab"), start_new_session=True)

    @staticmethod
    def wait_for(port):
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise OSError(f"nobody listens at {port}")

    def stop(self):
        """With what they started: each is the head of a group."""
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            try:
                program.wait(1)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(program.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            program.wait()
        self.programs = []


def main():
    if not available():
        sys.exit(3)
    servers = MailServers(sys.argv[1], [int(word) for word in sys.argv[2:6]])
    ending = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.append(True))
    try:
        servers.start()
        while not ending:
            time.sleep(0.05)
    finally:
        servers.stop()


if __name__ == "__main__":
    main()
