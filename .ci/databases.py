#!/usr/bin/env python3
"""Compares what bin/tcptalk and tshark read in captures of database protocols.

  databases.py SHARED [SECTION...]

SHARED holds the folders captures and corpus. Without them, without tshark or without bin/tcptalk there is nothing to compare,
and one line says so. Every protocol is a Section below: which captures it is about, which of tshark's fields are asked for,
and how a packet of tshark's and a record of `tcptalk analyze --format ndjson` become facts. A fact is a tuple whose first
element is its kind and whose second is its place; both programs must name the same facts equally often.

Red (exit 1) are a program that fails, a section without a single fact, and every fact that only one of them names and that no
Exception of the section lists with its reason.
"""
import collections
import concurrent.futures
import fnmatch
import glob
import json
import os
import shutil
import subprocess
import sys

APP = os.path.abspath('bin/tcptalk')
UNCOUNTED = 'uncounted'  # the kind of a fact that says: what else has this place is left out, as tshark does not count it rightly
SHOWN = 20  # differences of a section; enough to see of what kind they are
AT_ONCE = 2  # captures; tshark takes a core
BETWEEN = '\x1f'  # what tshark puts between the values of a field that a packet has several times

# files are the patterns of the captures' names, extra further arguments of tshark, display its filter. fields are those that
# theirs(packet) finds in packet, a dictionary of lists of text; ours(record) gets each record whose type is the name. Both
# return a list of facts. exceptions are what may differ.
Section = collections.namedtuple('Section', 'name files extra display fields theirs ours exceptions')

# files and facts are patterns, the latter of the fact's kind; count is over all files.
Exception_ = collections.namedtuple('Exception_', 'files facts count reason')

REDIS_PORT = '6379'


def redis_theirs(packet):
    """tshark knows RESP2 without inline commands."""
    place = (packet['tcp.stream'][0], packet['frame.number'][0])
    if packet['tcp.dstport'][0] == REDIS_PORT:
        # A command is an array of strings; those of length 0 have no value.
        lengths, values, found = iter(packet['resp.bulk_string.length']), iter(packet['resp.bulk_string.value']), []
        for n in packet['resp.array.length']:
            args = [bytes.fromhex(next(values)).decode(errors='replace') if next(lengths) != '0' else '' for _ in range(int(n))]
            if args[0].upper() == 'AUTH':
                args[-1] = '***'  # tcptalk does not show passwords
            found.append(('command', place, tuple(args)))
        return found
    found = [('error', place, e) for e in packet['resp.error']]
    if packet['resp.partial'] or packet['resp.reassembled_in_next_frame']:
        # Values of a reply in several segments are counted again with every segment that brings more of it.
        found.append((UNCOUNTED, place[0]))
    for kind, field in (('string', 'string'), ('integer', 'integer'), ('bulk', 'bulk_string.length'), ('array', 'array.length')):
        found += [(kind, place[0])] * len(packet['resp.' + field])
    return found


def redis_ours(record):
    place = (str(record['stream']), str(record['frame']))
    if record['kind'] == 'command':
        return [] if record['inline'] else [('command', place, tuple(record['args']))]
    if record['kind'] == 'unreadable':
        return []
    found = [('error', place, record['error'])] if 'error' in record else []
    for kind in ('string', 'integer', 'bulk', 'array'):
        found += [(kind, place[0])] * record[kind + 's']
    return found


REDIS = Section(
    name='redis',
    files=['s11a_redis.pcap', 'mercury__*redis*', 'zeek__redis__*', 'ndpi__*__resp.pcap'],
    extra=[],
    display='resp',
    fields=['resp.string', 'resp.error', 'resp.integer', 'resp.array.length', 'resp.bulk_string.length', 'resp.bulk_string.value',
            'resp.partial', 'resp.reassembled_in_next_frame'],
    theirs=redis_theirs,
    ours=redis_ours,
    exceptions=[],
)

# What tshark calls a message, and the manual of PostgreSQL.
POSTGRES_NAMES = {
    'Startup message': 'StartupMessage', 'SSL request': 'SSLRequest', 'GSS encrypt request': 'GSSENCRequest', 'Cancel request': 'CancelRequest',
    'Password message': 'PasswordMessage', 'SASLInitialResponse message': 'PasswordMessage', 'SASLResponse message': 'PasswordMessage',
    'GSSResponse message': 'PasswordMessage', 'Simple query': 'Query', 'Function call': 'FunctionCall', 'Copy data': 'CopyData',
    'Copy completion': 'CopyDone', 'Copy failure': 'CopyFail', 'Termination': 'Terminate', 'Authentication request': 'Authentication',
    'Backend key data': 'BackendKeyData', 'Parameter status': 'ParameterStatus', 'Parse completion': 'ParseComplete',
    'Bind completion': 'BindComplete', 'Close completion': 'CloseComplete', 'Command completion': 'CommandComplete',
    'Parameter description': 'ParameterDescription', 'Row description': 'RowDescription', 'Data row': 'DataRow',
    'Empty query': 'EmptyQueryResponse', 'No data': 'NoData', 'Error': 'ErrorResponse', 'Notice': 'NoticeResponse',
    'Portal suspended': 'PortalSuspended', 'Ready for query': 'ReadyForQuery', 'Notification': 'NotificationResponse',
    'Function call response': 'FunctionCallResponse', 'CopyIn response': 'CopyInResponse', 'CopyOut response': 'CopyOutResponse',
    'Negotiate protocol version': 'NegotiateProtocolVersion',
}
POSTGRES_FOLDED = {'DataRow': 'row', 'CopyData': 'piece'}  # many are one record of tcptalk, so they are counted by connection
POSTGRES_TEXTS = {'query': 'query', 'tag': 'tag', 'code': 'code', 'text': 'message', 'statement': 'statement', 'portal': 'portal'}


def postgres_theirs(packet):
    place, found = (packet['tcp.stream'][0], packet['frame.number'][0]), []
    for name in packet['pgsql.type']:
        name = POSTGRES_NAMES.get(name, name)
        found.append((POSTGRES_FOLDED[name], place[0]) if name in POSTGRES_FOLDED else ('message', place, name))
    for kind, field in POSTGRES_TEXTS.items():
        found += [(kind, place, v) for v in packet['pgsql.' + field] if v]
    found += [('column', place, v) for v in packet['pgsql.col.name']]
    return found + [('parameter', place, v) for v in packet['pgsql.parameter_name']]


def postgres_ours(record):
    place, name = (str(record['stream']), str(record['frame'])), record['message']
    if name in POSTGRES_FOLDED:
        return [(POSTGRES_FOLDED[name], place[0])] * record['count']
    if name in ('EncryptionAnswer', 'Unreadable'):  # tshark has no type for them
        return []
    found = [('message', place, name)]
    found += [(k, place, escaped(record[k])) for k in POSTGRES_TEXTS if record.get(k)]
    found += [('column', place, c) for c in record.get('columns', [])]
    return found + [('parameter', place, c) for c in record.get('parameters', [])]


def escaped(text):
    """Text as tshark's fields have it."""
    return text.replace('\\', '\\\\').replace('\n', '\\n').replace('\t', '\\t').replace('\r', '\\r')


POSTGRES = Section(
    name='postgres',
    files=['s11c_postgres.pcap', '*postgres*', '*pgsql*'],
    extra=[],
    display='pgsql',
    fields=['pgsql.type', 'pgsql.col.name', 'pgsql.parameter_name'] + ['pgsql.' + f for f in POSTGRES_TEXTS.values()],
    theirs=postgres_theirs,
    ours=postgres_ours,
    exceptions=[
        Exception_(('suricata__pgsql__pgsql-events__UnknownMessage.pcap',), ('message',), 1, 'a startup of version 255.255: no PostgreSQL'),
        Exception_(('zeek__postgresql__bad-startup-message-1.pcap',), ('message',), 1,
                   'a startup of an impossible length and an error that is longer than it says: tshark goes by the port'),
        Exception_(('zeek__postgresql__mysql-on-port-5432.pcap',), ('message',), 3, 'MySQL, taken for PostgreSQL for its port'),
    ],
)


def mysql_text(s):
    """tshark writes spaces otherwise, and tcptalk keeps the beginning of a text; both may replace what is not UTF-8."""
    return ''.join(c for c in s.replace('\\n', '').replace('\\t', '').replace('\\r', '') if c.isprintable() and c not in ' \ufffd')[:300]


def mysql_theirs(packet):
    place = (packet['tcp.stream'][0], packet['frame.number'][0])
    found = [('packet', place[0])] * len(packet['mysql.packet_length'])
    found += [('command', place, int(c)) for c in packet['mysql.command']]
    found += [('query', place, mysql_text(q)) for q in packet['mysql.query']]
    found += [('error', place, int(c), mysql_text(m)) for c, m in zip(packet['mysql.error_code'], packet['mysql.error.message'])]
    found += [('columns', place[0], int(n)) for n in packet['mysql.num_fields']]
    found += [('value', place[0])] * len(packet['mysql.row.text'])
    found += [('version', place, v) for v in packet['mysql.version']]
    found += [('user', place, u) for u in packet['mysql.user']]
    found += [('affected', place[0], int(n)) for n in packet['mysql.affected_rows'] if n != '0']
    return found


def mysql_ours(record):
    place = (str(record['stream']), str(record['frame']))
    found = [('packet', place[0])] * record['packets']
    if 'command' in record:
        found.append(('command', place, record['command']))
        if record['command'] in (MYSQL_QUERY, MYSQL_PREPARE):
            found.append(('query', place, mysql_text(record.get('text', ''))))
    if 'error' in record:
        found.append(('error', place, record['error'], mysql_text(record['message'])))
    if record['kind'] == 'rows':
        found.append(('columns', place[0], record['columns']))
        if 'statement' not in record:  # tshark has no field for values of binary rows in general
            found += [('value', place[0])] * (record['rows'] * record['columns'])
    if 'version' in record:
        found.append(('version', place, record['version']))
    if 'user' in record:
        found.append(('user', place, record['user']))
    if record.get('affected_rows'):
        found.append(('affected', place[0], record['affected_rows']))
    return found


MYSQL_QUERY, MYSQL_PREPARE = 3, 22

MYSQL = Section(
    name='mysql',
    files=['*mysql*'],
    extra=['-d', 'tcp.port==5432,mysql'],  # where the server of one capture listens
    display='mysql',
    fields=['mysql.packet_length', 'mysql.command', 'mysql.query', 'mysql.error_code', 'mysql.error.message', 'mysql.num_fields',
            'mysql.row.text', 'mysql.version', 'mysql.user', 'mysql.affected_rows'],
    theirs=mysql_theirs,
    ours=mysql_ours,
    exceptions=[
        Exception_(('pcapplusplus__*__mysql.pcapng',), ('command', 'packet', 'user'), 12,
                   'two packets without greeting, a login and column definitions of no known result: tshark takes the login for a '
                   'command, tcptalk reads it and leaves the rest unread'),
        Exception_(('zeek__mysql__caching_sha2_password.pcap',), ('command',), 1, 'tshark takes an encrypted password for a command'),
        Exception_(('zeek__mysql__mysql-9.0.0-query-attributes.pcap',), ('query',), 1, 'tshark does not find the SQL behind the attributes'),
    ],
)

SECTIONS = [REDIS, POSTGRES, MYSQL]


def captures(shared, patterns):
    """The captures below SHARED that one of the patterns names, sorted."""
    found = []
    for folder in ('captures', 'corpus'):
        for path in glob.glob(os.path.join(shared, folder, '*')):
            name = os.path.basename(path)
            if '.pcap' in name and any(fnmatch.fnmatchcase(name, p) for p in patterns):
                found.append(path)
    return sorted(found)


def output(command, good=(0,)):
    """What a program prints; it must end with a good status."""
    run = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if run.returncode not in good:
        raise RuntimeError('%s ended with %d: %s' % (' '.join(command[:3]), run.returncode, run.stderr.decode(errors='replace')[:300]))
    return run.stdout.decode(errors='replace')


def packets(section, path):
    """The packets of a capture that tshark gives to the section's protocol."""
    fields = ['frame.number', 'tcp.stream', 'tcp.srcport', 'tcp.dstport'] + section.fields
    command = ['tshark', '-r', path, '-n', '-Y', section.display, '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E',
               'aggregator=' + BETWEEN] + list(section.extra)
    for f in fields:
        command += ['-e', f]
    for line in output(command, (0, 2)).splitlines():  # 2: the capture is cut short
        values = line.split('\t')
        yield {f: v.split(BETWEEN) if v else [] for f, v in zip(fields, values)}


def records(section, path):
    """The records of the section's type that tcptalk prints for a capture."""
    for line in output([APP, 'analyze', '--format', 'ndjson', path], (0, 2)).splitlines():
        record = json.loads(line)
        if record['type'] == section.name:
            yield record


def facts(section, path):
    """The facts that tshark and tcptalk find in a capture, as two counters."""
    theirs, ours = collections.Counter(), collections.Counter()
    for p in packets(section, path):
        theirs.update(section.theirs(p))
    for r in records(section, path):
        ours.update(section.ours(r))
    left_out = {fact[1] for fact in theirs if fact[0] == UNCOUNTED}
    for counter in (theirs, ours):
        for fact in [f for f in counter if f[1] in left_out]:
            del counter[fact]
    return theirs, ours


def known(section, name, fact):
    """The exception that lists a difference, None if there is none."""
    for e in section.exceptions:
        if any(fnmatch.fnmatchcase(name, p) for p in e.files) and any(fnmatch.fnmatchcase(fact[0], p) for p in e.facts):
            return e
    return None


def compare(section, shared):
    """Compares a section and prints one line about it; returns whether all is well."""
    files = captures(shared, section.files)
    agreed, unlisted, used, ok = collections.Counter(), [], collections.Counter(), True
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for path, (theirs, ours) in zip(files, pool.map(lambda f: facts(section, f), files)):
            name = os.path.basename(path)
            for fact, n in (theirs & ours).items():
                agreed[fact[0]] += n
            for who, only in (('tshark', theirs - ours), ('tcptalk', ours - theirs)):
                for fact, n in sorted(only.items(), key=repr):
                    e = known(section, name, fact)
                    if e:
                        used[e] += n
                    else:
                        unlisted.append('only %s, %d times: %s %.300r' % (who, n, name, fact))
    for line in unlisted[:SHOWN]:
        print('databases: %s: %s' % (section.name, line))
    if unlisted[SHOWN:]:
        print('databases: %s: ... and %d more' % (section.name, len(unlisted[SHOWN:])))
    for e in section.exceptions:
        if used[e] != e.count:
            ok = False
            print('databases: %s: %d found, %d listed: %s' % (section.name, used[e], e.count, e))
    ok = ok and not unlisted and (bool(agreed) or not files)
    print('databases: %s: %s, %d facts agree in %d captures (%s), %d differences are listed' %
          (section.name, 'ok' if ok else 'FAILED', sum(agreed.values()), len(files),
           ', '.join('%s %d' % kind for kind in sorted(agreed.items())), sum(used.values())))
    return ok


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    shared = os.path.abspath(sys.argv[1])
    for missing, what in ((not os.path.isdir(os.path.join(shared, 'captures')), 'no captures in %s' % shared),
                          (not shutil.which('tshark'), 'no tshark'), (not os.path.exists(APP), 'bin/tcptalk is not built')):
        if missing:
            print('databases: %s, nothing compared' % what)
            return 0
    wanted = [s for s in SECTIONS if not sys.argv[2:] or s.name in sys.argv[2:]]
    return 0 if all([compare(s, shared) for s in wanted]) else 1


if __name__ == '__main__':
    sys.exit(main())
