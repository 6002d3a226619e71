"""OpenStack Swift with its S3 interface, whole, in one process: proxy, account, container and object
server on ports of 127.0.0.1 that the system chooses. Started by swift.ts with Debian's Python; keeps
everything below the folder it is given, and ends when its standard input does.

Why Swift: of what Debian has, it alone speaks list-objects-v2, versioning and presigned SigV4, checks
every signature, and starts in a second without a cluster.
"""

import sys

import eventlet

eventlet.monkey_patch()

import os

from eventlet import wsgi
from swift.common.ring import RingBuilder
from swift.common import utils
from swift.common.wsgi import ConfigString, loadapp

STORAGE = """
[DEFAULT]
swift_dir = {root}
devices = {root}/devices
mount_check = false
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{app}
"""

PROXY = """
[DEFAULT]
swift_dir = {root}
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth copy slo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
check_bucket_owner = false
max_bucket_listing = 10
[filter:tempauth]
use = egg:swift#tempauth
user_test_writer = writing .admin
user_test_stranger = strange
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:symlink]
use = egg:swift#symlink
"""

# Objects stay in memory: no extended attributes are asked of the file system.
APPS = {"account": "account", "container": "container", "object": "mem_object"}


class Memory:
    """In the place of memcached: a proxy does not work without a cache."""

    def __init__(self):
        self.entries = {}

    def get(self, key, raise_on_error=False):
        return self.entries.get(key)

    def set(self, key, value, **_):
        self.entries[key] = value

    def delete(self, key, **_):
        self.entries.pop(key, None)


class Quiet:
    """Neither requests nor the server's own remarks are of interest."""

    def write(self, text):
        pass

    def flush(self):
        pass


def listen():
    return eventlet.listen(("127.0.0.1", 0))


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def make_ring(root, kind, port):
    builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
    device = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "d", "weight": 1}
    builder.add_dev({**device, "replication_ip": "127.0.0.1", "replication_port": port})
    builder.rebalance()
    builder.get_ring().save(os.path.join(root, f"{kind}.ring.gz"))


def serve(socket, config):
    swift = loadapp(ConfigString(config), global_conf={"log_name": "swift"})
    cache = Memory()

    def app(environment, start_response):
        environment["swift.cache"] = cache
        return swift(environment, start_response)

    eventlet.spawn(wsgi.server, socket, app, log=Quiet(), debug=False, log_output=False)


def main(root):
    os.makedirs(os.path.join(root, "devices", "d"))
    write(
        os.path.join(root, "swift.conf"),
        "[swift-hash]\nswift_hash_path_suffix = s\nswift_hash_path_prefix = p\n",
    )
    utils.SWIFT_CONF_FILE = os.path.join(root, "swift.conf")
    utils.validate_hash_conf()
    for kind, app in APPS.items():
        socket = listen()
        make_ring(root, kind, socket.getsockname()[1])
        serve(socket, STORAGE.format(root=root, kind=kind, app=app))
    proxy = listen()
    serve(proxy, PROXY.format(root=root))
    print(proxy.getsockname()[1], flush=True)
    eventlet.tpool.execute(sys.stdin.read)


if __name__ == "__main__":
    main(sys.argv[1])
