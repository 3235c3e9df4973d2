#!/usr/bin/env python3
"""Makes the golden byte vectors of the protocol from the tables in Protocol.md, with nothing but the standard library.

It shares no code with the Wire module: the tests compare the two. Run it without arguments to write the .hex files
beside it and the session in Protocol.md; with --check it writes nothing and fails if anything would change.
"""

import hashlib
import hmac
import pathlib
import struct
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
PROTOCOL = FOLDER.parents[2] / "Sources/Wire/Wire.docc/Protocol.md"
PREFACE = bytes.fromhex("894645440D0A1A0A")


def crc32c(data):
    """Bit by bit, as the polynomial's definition has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


assert crc32c(b"123456789") == 0xE3069283


# Fields: pairs of bytes and comment.


def u8(value, comment):
    return struct.pack("<B", value), comment


def u16(value, comment):
    return struct.pack("<H", value), comment


def u32(value, comment):
    return struct.pack("<I", value), comment


def u64(value, comment):
    return struct.pack("<Q", value), comment


def f64(value, comment):
    return struct.pack("<d", value), comment


def raw(value, comment):
    return bytes(value), comment


def string(value, comment):
    data = value.encode()
    return struct.pack("<H", len(data)) + data, f"{comment} {value!r}"


def key(round, client, attempt):
    return [
        u32(round, f"key.round {round}"),
        u32(client, f"key.client {client}"),
        u32(attempt, f"key.attempt {attempt}"),
    ]


TYPES = {
    "Hello": 0x01,
    "Welcome": 0x02,
    "Ready": 0x03,
    "Challenge": 0x04,
    "Proof": 0x05,
    "Confirmation": 0x06,
    "ModelHeader": 0x10,
    "ModelChunk": 0x11,
    "HostileClients": 0x16,
    "Invitation": 0x12,
    "RoundClosed": 0x13,
    "ModelHeld": 0x14,
    "ModelRest": 0x15,
    "UpdateHeader": 0x20,
    "UpdateChunk": 0x21,
    "TrainingFailed": 0x22,
    "Receipt": 0x23,
    "UpdateOffer": 0x24,
    "UpdateOffset": 0x25,
    "Ping": 0x30,
    "Pong": 0x31,
    "ErrorMessage": 0x40,
    "Goodbye": 0x41,
}


def frame(name, fields):
    """The fields of a whole frame: header, then payload."""
    payload = b"".join(data for data, _ in fields)
    head = struct.pack("<IBBH", len(payload), TYPES[name], 0, 0)
    return [
        u32(len(payload), f"{name}: {len(payload)} bytes of payload"),
        u8(TYPES[name], "type"),
        u8(0, "flags"),
        u16(0, "reserved"),
        u32(crc32c(head + payload), "CRC-32C"),
    ] + fields


def listing(fields):
    """Lines of at most 16 bytes each, the comment on the field's first line."""
    lines = []
    for data, comment in fields:
        for start in range(0, len(data), 16):
            line = data[start : start + 16].hex(" ")
            lines.append(f"{line:<47} # {comment}" if start == 0 else line)
    return lines


# Messages. Values that mean nothing are patterns, so that a field out of place shows.

RUN = bytes(range(0x10, 0x20))
WORKER = bytes(range(0xA0, 0xB0))
DATA = bytes(range(0x20, 0x40))
DIGEST = bytes(range(0x40, 0x60))
WORKER_NONCE = bytes(range(0xB0, 0xD0))
COORDINATOR_NONCE = bytes(range(0xD0, 0xF0))
# SHA-256 of the coordinator's certificate.
CERTIFICATE = bytes(range(0x60, 0x80))


def hello(hosting, *, own_data=0, codecs=(1,), capabilities=0, name="edge-1", versions=(3, 3), tokens=(), strategies=("fedavg", "scaffold")):
    return frame(
        "Hello",
        [
            u16(versions[0], f"minVersion {versions[0]}"),
            u16(versions[1], f"maxVersion {versions[1]}"),
            u64(capabilities, f"capabilities {capabilities:#x}"),
            u32(1114112, "maxFramePayload 1114112"),
            raw(WORKER, "workerID"),
            string(name, "workerName"),
            string("fed-client 1.0", "software"),
            *hosting,
            u8(own_data, f"ownData {own_data}"),
            u32(len(codecs), f"codecs: {len(codecs)}"),
            raw(codecs, f"codecs {list(codecs)}"),
            u8(len(tokens) > 0, f"hasTokens {int(len(tokens) > 0)}"),
            *([raw(WORKER_NONCE, "tokens.nonce")] + clients_field("tokens.clients", tokens) if tokens else []),
            *([u32(len(strategies), f"strategies: {len(strategies)}")] if versions[1] >= 2 else []),
            *([string(name, "strategy") for name in strategies] if versions[1] >= 2 else []),
        ],
    )


def token(client):
    """The token of a client: 32 bytes."""
    return bytes(range(client, client + 32))


def transcript(hello, challenge, certificate):
    """What the proofs of a greeting are about."""
    frames = b"".join(data for data, _ in hello + challenge)
    binding = b"\x00" if certificate is None else b"\x01" + certificate
    return hashlib.sha256(b"fed greeting 1" + frames + binding).digest()


def code(key, text):
    return hmac.new(key, text, hashlib.sha256).digest()


def subject(transcript, client):
    return transcript + struct.pack("<I", client)


def client_proof(transcript, client):
    client_key = code(token(client), b"fed client key")
    mask = code(hashlib.sha256(client_key).digest(), subject(transcript, client))
    return bytes(a ^ b for a, b in zip(client_key, mask))


def signature(transcript, client):
    return code(code(token(client), b"fed coordinator key"), subject(transcript, client))


def challenge():
    return frame("Challenge", [raw(COORDINATOR_NONCE, "nonce"), raw(RUN, "run")])


def proofs(name, field, clients, value):
    fields = [u32(len(clients), f"{field}: {len(clients)}")]
    for client in clients:
        fields += [u32(client, f"client {client}"), raw(value(client), field[:-1])]
    return frame(name, fields)


def proof(transcript, clients):
    return proofs("Proof", "proofs", clients, lambda client: client_proof(transcript, client))


def confirmation(transcript, clients):
    return proofs("Confirmation", "signatures", clients, lambda client: signature(transcript, client))


def clients_field(name, clients):
    return [u32(len(clients), f"{name}: {len(clients)}")] + [u32(client, f"client {client}") for client in clients]


def hosted_clients(clients):
    return [u8(2, "hosting: certain clients")] + clients_field("hosting.clients", clients)


def welcome(*, model, tensors, dataset, partition, population, assigned, chunk_size, train_count, seed, capabilities=0, kernels=1, strategy=None, evaluation=None, devices=None):
    fields = [
        u16(3, "version 3"),
        u64(capabilities, f"capabilities {capabilities:#x}"),
        raw(RUN, "run"),
        u64(seed, f"seed {seed}"),
        u32(1114112, "maxFramePayload 1114112"),
        u32(chunk_size, f"chunkSize {chunk_size}"),
        u32(5000, "heartbeatMilliseconds 5000"),
        string(model, "model"),
        u32(len(tensors), f"tensors: {len(tensors)}"),
    ]
    for name, shape in tensors:
        fields += [string(name, "tensor"), u8(len(shape), f"dimensions: {len(shape)}")]
        fields += [u32(size, f"dimension {size}") for size in shape]
    return frame(
        "Welcome",
        fields
        + [
            string(dataset, "dataset"),
            raw(DATA, "datasetDigest"),
            u32(train_count, f"trainCount {train_count}"),
            u16(10, "classes 10"),
            u8(kernels, f"kernels {kernels}"),
            *named_settings("partition", partition),
            *named_settings("strategy", strategy or FEDAVG),
            u32(population, f"population {population}"),
            *clients_field("assigned", assigned),
            *([] if evaluation is None else [f64(evaluation[0], f"holdout {evaluation[0]}"), u16(evaluation[1], f"fineTuneEpochs {evaluation[1]}")]),
            *([] if devices is None else devices_field(*devices)),
        ],
    )


DEVICE = {
    "back_after": "1m", "down": "unlimited", "hours": "all", "latency": "0s", "loss": "0", "memory": "unlimited", "off_for": "0s",
    "on_for": "ever", "samples_per_second": "1000", "speed": "1", "spread": "0", "time_zone": "0", "training_failure": "0",
    "up": "unlimited", "upload_failure": "0",
}


def devices_field(elapsed, minute, devices, places):
    fields = [
        u64(elapsed, f"elapsedMilliseconds {elapsed}"), u16(minute, f"startMinute {minute}"),
        u32(len(devices), f"devices: {len(devices)}"),
    ]
    for device in devices:
        fields += named_settings("device", ("device", tuple(sorted({**DEVICE, **device}.items()))))
    return fields + [u8(place, f"place {place}") for place in places]


FEDAVG = ("fedavg", (("server_learning_rate", "1"), ("weighting", "examples")))


def named_settings(what, strategy):
    name, settings = strategy
    fields = [string(name, what), u32(len(settings), f"{what}.settings: {len(settings)}")]
    for name, value in settings:
        fields += [string(name, "name"), string(value, "value")]
    return fields


def ready(clients, last):
    fields = [raw(DATA, "dataDigest"), u32(len(clients), f"clients: {len(clients)}")]
    for client, examples in clients:
        fields += [u32(client, f"client {client}"), u32(examples, f"examples {examples}")]
    return frame("Ready", fields + [u8(last, f"isLast {last}")])


def model_fields(round, digest, count):
    return [
        u32(round, f"round {round}"),
        raw(digest, "digest"),
        u8(1, "codec f32"),
        u64(count, f"byteCount {count}"),
    ]


def model_header(round, digest, count):
    return frame("ModelHeader", model_fields(round, digest, count))


def model_held(round, digest, count, offset):
    return frame("ModelHeld", model_fields(round, digest, count) + [u64(offset, f"offset {offset}")])


def model_rest(round, digest, count, offset):
    return frame("ModelRest", model_fields(round, digest, count) + [u64(offset, f"offset {offset}")])


def model_chunk(round, offset, data):
    return frame("ModelChunk", [u32(round, f"round {round}"), u64(offset, f"offset {offset}"), raw(data, "bytes")])


def training(optimizer, epochs, batch, clip, dropout, settings):
    """The settings by name, as text."""
    own = {"local_epochs": epochs, "batch_size": batch, "clip_norm": clip, "dropout": dropout, **settings}
    return named_settings("training", (optimizer, sorted(own.items())))


def hostile_clients(round, place, behaviour, cohort, attackers, clients, known):
    fields = [
        u32(round, f"round {round}"),
        u8(place, f"place {place}"),
        *named_settings("behaviour", behaviour),
        u32(cohort, f"cohort {cohort}"),
        u32(attackers, f"attackers {attackers}"),
    ]
    for name, list in (("clients", clients), ("known", known)):
        fields += [u32(len(list), f"{name}: {len(list)}")]
        fields += [u32(client, f"client {client}") for client in list]
    return frame("HostileClients", fields)


def invitation(round, training, deadline, clients):
    fields = [
        u32(round, f"round {round}"),
        *training,
        u8(1, "codec f32"),
        u32(deadline, f"deadlineMilliseconds {deadline}"),
        u32(len(clients), f"clients: {len(clients)}"),
    ]
    for client, attempt, *state in clients:
        round = state[0] if state else 0
        fields += [
            u32(client, f"client {client}"),
            u32(attempt, f"attempt {attempt}"),
            u32(round, f"stateRound {round}"),
        ]
    return frame("Invitation", fields)


def round_closed(round):
    return frame("RoundClosed", [u32(round, f"round {round}")])


def update_fields(update, examples, count, digest, loss, accuracy, steps, microseconds, state=0, scalars=()):
    return key(*update) + [
        u32(examples, f"examples {examples}"),
        u8(1, "codec f32"),
        u64(count, f"byteCount {count}"),
        raw(digest, "digest"),
        f64(loss, f"loss {loss}"),
        f64(accuracy, f"accuracy {accuracy}"),
        u32(steps, f"steps {steps}"),
        u64(microseconds, f"trainMicroseconds {microseconds}"),
        u32(state, f"stateRound {state}"),
        u32(len(scalars), f"scalars: {len(scalars)}"),
        *[f64(scalar, f"scalar {scalar}") for scalar in scalars],
    ]


def update_header(*values):
    return frame("UpdateHeader", update_fields(*values))


def update_offer(*values):
    return frame("UpdateOffer", update_fields(*values))


def update_offset(update, offset):
    return frame("UpdateOffset", key(*update) + [u64(offset, f"offset {offset}")])


def update_chunk(update, offset, data):
    return frame("UpdateChunk", key(*update) + [u64(offset, f"offset {offset}"), raw(data, "bytes")])


def training_failed(update, reason, text):
    return frame("TrainingFailed", key(*update) + [u16(reason, f"reason {reason}"), string(text, "text")])


def receipt(update, outcome, text):
    return frame("Receipt", key(*update) + [u8(outcome, f"outcome {outcome}"), string(text, "text")])


def ping(nonce):
    return frame("Ping", [u64(nonce, f"nonce {nonce:#x}")])


def pong(nonce):
    return frame("Pong", [u64(nonce, f"nonce {nonce:#x}")])


def error(code, text, remedy):
    return frame("ErrorMessage", [u16(code, f"code {code}"), string(text, "text"), string(remedy, "remedy")])


def goodbye(reason, text):
    return frame("Goodbye", [u8(reason, f"reason {reason}"), string(text, "text")])


EQUAL = ("sizes", "equal")
HALF = ("sigma", "0.5")
ALL = ("validation", "0")
IID = ("iid", (HALF, EQUAL, ALL))
SHARDS = ("shards", (("shards_per_client", "2"), HALF, EQUAL, ALL))
CLASSES = ("classes", (("classes_per_client", "3"), ("sigma", "0.75"), ("sizes", "log-normal"), ALL))
DIRICHLET = ("dirichlet", (("alpha", "0.3"), ("minimum_examples", "10"), EQUAL, ALL))
CLIENT_DIRICHLET = ("client-dirichlet", (("alpha", "0.3"), HALF, EQUAL, ALL))
TENSORS = [("weight", [2, 3]), ("bias", [2])]

TOKEN_CLIENTS = [3, 99]
TOKEN_HELLO = hello([u8(0, "hosting: a share")], tokens=TOKEN_CLIENTS)
PLAIN = transcript(TOKEN_HELLO, challenge(), None)
ENCRYPTED = transcript(TOKEN_HELLO, challenge(), CERTIFICATE)

MESSAGES = {
    "hello-tokens": TOKEN_HELLO,
    "challenge": challenge(),
    "proof": proof(PLAIN, TOKEN_CLIENTS),
    "proof-tls": proof(ENCRYPTED, TOKEN_CLIENTS),
    "confirmation": confirmation(PLAIN, TOKEN_CLIENTS),
    "confirmation-tls": confirmation(ENCRYPTED, TOKEN_CLIENTS),
    "hello-share": hello([u8(0, "hosting: a share")]),
    "hello-count": hello([u8(1, "hosting: a number"), u32(7, "hosting.count 7")], versions=(1, 3), name=""),
    "hello-clients": hello(
        hosted_clients([0, 9, 4000000000]), own_data=1, codecs=(1, 200), capabilities=0x8000000000000001, name="Zürich ☃"
    ),
    "welcome-iid": welcome(
        model="logistic",
        tensors=[("dense.weight", [10, 784]), ("dense.bias", [10])],
        dataset="mnist",
        partition=IID,
        population=100,
        assigned=[3, 4, 99],
        chunk_size=262144,
        train_count=60000,
        seed=42,
    ),
    "welcome-shards": welcome(
        model="tiny",
        tensors=TENSORS + [("scale", [])],
        dataset="digits",
        partition=SHARDS,
        population=1,
        assigned=[],
        chunk_size=1,
        train_count=0,
        seed=0xFEDCBA9876543210,
        capabilities=1,
    ),
    "welcome-classes": welcome(
        model="tiny",
        tensors=TENSORS,
        dataset="folder",
        partition=CLASSES,
        population=4294967295,
        assigned=[4294967294],
        chunk_size=1114048,
        train_count=4294967295,
        seed=1,
    ),
    "welcome-dirichlet": welcome(
        kernels=2,
        model="tiny",
        tensors=TENSORS,
        dataset="mnist",
        partition=DIRICHLET,
        strategy=("fednova", (("server_learning_rate", "0.5"), ("weighting", "uniform"))),
        population=2,
        assigned=[0, 1],
        chunk_size=24,
        train_count=60000,
        seed=1,
    ),
    "welcome-evaluation": welcome(
        capabilities=4,
        model="tiny",
        tensors=TENSORS,
        dataset="mnist",
        partition=CLIENT_DIRICHLET,
        strategy=(
            "fedper",
            (("personal_layers", "conv1,last"), ("server_learning_rate", "1"), ("weighting", "examples")),
        ),
        population=2,
        assigned=[0],
        chunk_size=24,
        train_count=60000,
        seed=42,
        evaluation=(0.2, 3),
    ),
    "welcome-devices": welcome(
        capabilities=8,
        model="tiny",
        tensors=TENSORS,
        dataset="mnist",
        partition=SHARDS,
        population=2,
        assigned=[0, 1],
        chunk_size=24,
        train_count=60000,
        seed=42,
        devices=(61500, 510, [{"speed": "0.1", "up": "1Mbit"}, {"hours": "22:00-06:00", "memory": "64MiB"}], [2, 0]),
    ),
    "ready": ready([(3, 600), (4, 0), (99, 4294967295)], 1),
    "ready-part": ready([(0, 1)], 0),
    "model-header": model_header(7, DIGEST, 487720),
    "model-chunk": model_chunk(7, 262144, b"\x01\x02\x03\x04\x05"),
    "hostile-clients": hostile_clients(7, 0, ("sign-flip", (("strength", "2.5"),)), 4294967295, 2, [3, 99], []),
    "hostile-clients-known": hostile_clients(
        4294967295, 255, ("alie", (("knows", "attackers"), ("z", "0"))), 3, 2, [1], [1, 4294967295]
    ),
    "invitation-sgd": invitation(7, training("sgd", "1", "10", "2.5", "0.25", {"learning_rate": "0.1", "momentum": "0.9", "weight_decay": "0.0001"}), 30000, [(3, 1), (99, 2, 6)]),
    "invitation-adam": invitation(
        4294967295,
        training("adam", "5", "all", "none", "0", {"learning_rate": "0.001", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-08", "weight_decay": "0"}),
        0,
        [(0, 4294967295)],
    ),
    "round-closed": round_closed(7),
    "model-held": model_held(7, DIGEST, 487720, 262144),
    "model-rest": model_rest(7, DIGEST, 487720, 487720),
    "update-header": update_header((7, 3, 2), 600, 487720, DIGEST, 0.4375, 0.875, 60, 123456, 5, (2.5, -0.125)),
    "update-header-diverged": update_header((1, 0, 1), 1, 4, DIGEST, float("inf"), 0.0, 1, 0),
    "update-chunk": update_chunk((7, 3, 2), 4294967296, b"\xff"),
    "training-failed": training_failed((7, 99, 1), 3, "the loss is not finite"),
    "receipt-accepted": receipt((7, 3, 2), 1, ""),
    "receipt-duplicate": receipt((7, 3, 2), 2, "attempt 1 counts"),
    "receipt-late": receipt((7, 3, 2), 3, "round 7 is closed"),
    "receipt-rejected": receipt((7, 3, 2), 4, "values are not finite"),
    "update-offer": update_offer((7, 3, 2), 600, 487720, DIGEST, 0.4375, 0.875, 60, 123456),
    "update-offset": update_offset((7, 3, 2), 262144),
    "ping": ping(0x0123456789ABCDEF),
    "pong": pong(0xFFFFFFFFFFFFFFFF),
    "error": error(10, "no version in common", "Install the same release on both sides."),
    "error-unknown-code": error(65535, "", ""),
    "goodbye-finished": goodbye(1, "30 rounds"),
    "goodbye-failed": goodbye(2, "too few clients"),
    "goodbye-stopping": goodbye(3, ""),
    "goodbye-leaving": goodbye(4, "SIGTERM"),
}


def session():
    """Pairs of side and fields, in an order in which they can come."""
    model = struct.pack("<8f", 0.5, -0.25, 1, 0, 2, -1, 0.125, -0.5)
    update = struct.pack("<8f", 0.375, -0.5, 1.5, 0, 1.75, -1, 0.25, -0.625)
    tried = (1, 0, 1)
    worker, coordinator = "worker", "coordinator"
    return [
        (worker, [raw(PREFACE, "preface")]),
        (worker, hello(hosted_clients([0]), name="edge-1")),
        (coordinator, [raw(PREFACE, "preface")]),
        (
            coordinator,
            welcome(
                model="example",
                tensors=TENSORS,
                dataset="mnist",
                partition=SHARDS,
                population=2,
                assigned=[0],
                chunk_size=24,
                train_count=60000,
                seed=42,
            ),
        ),
        (worker, ready([(0, 30000)], 1)),
        (coordinator, model_header(1, hashlib.sha256(model).digest(), len(model))),
        (coordinator, model_chunk(1, 0, model[:24])),
        (coordinator, ping(1)),
        (coordinator, model_chunk(1, 24, model[24:])),
        (coordinator, invitation(1, training("sgd", "1", "10", "none", "0", {"learning_rate": "0.1", "momentum": "0", "weight_decay": "0"}), 60000, [(0, 1)])),
        (worker, pong(1)),
        (worker, update_header(tried, 30000, len(update), hashlib.sha256(update).digest(), 0.5, 0.75, 3000, 1500000)),
        (worker, update_chunk(tried, 0, update[:24])),
        (worker, update_chunk(tried, 24, update[24:])),
        (coordinator, receipt(tried, 1, "")),
        (coordinator, round_closed(1)),
        (coordinator, goodbye(1, "1 round")),
    ]


def session_lines():
    lines, last = [], None
    for side, fields in session():
        if side != last:
            lines += [f"[{side}]"]
            last = side
        lines += listing(fields) + [""]
    return lines[:-1]


def files():
    """Path → content of everything that this script makes."""
    made = {}
    for name, fields in MESSAGES.items():
        made[FOLDER / f"{name}.hex"] = "\n".join(listing(fields)) + "\n"
    dump = session_lines()
    made[FOLDER / "session.hex"] = "\n".join(dump) + "\n"
    begin, end = "<!-- session -->\n", "<!-- end of session -->"
    text = PROTOCOL.read_text(encoding="utf-8")
    head, rest = text.split(begin)
    tail = rest.split(end)[1]
    made[PROTOCOL] = head + begin + "\n```\n" + "\n".join(dump) + "\n```\n\n" + end + tail
    return made


def main():
    made = files()
    if sys.argv[1:] == ["--check"]:
        stale = [path.name for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
        stale += [path.name for path in FOLDER.glob("*.hex") if path not in made]
        sys.exit(f"not as the script makes them: {', '.join(stale)}" if stale else 0)
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


main()
