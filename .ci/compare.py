#!/usr/bin/env python3
"""Compares bin/tcptalk with tshark over the captures of a reference folder, and prints the comparison's table.

  compare.py SHARED

SHARED holds oracle/oracle.py, oracle/cache (tshark's answers by the capture's SHA-256) and the folders captures and corpus;
without them there is nothing to compare and nothing to complain about. The cache is used as a copy. tshark itself is asked
only about captures that the cache does not know; it is installed for them where that is possible, and they are left out
where it is not.

Red (exit 1) are crashes, time-outs, a program that does not start, and every disagreement that testdata/oracle/EXCEPTIONS.md
does not list with its reason.
"""
import collections
import fnmatch
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

APP = os.path.abspath('bin/tcptalk')
RED = ('crash', 'timeout', 'cannot_start')
NOT_CAPTURES = ('.tsv', '.md', '.txt', '.json')  # notes beside the captures, as oracle.py knows them
EXCEPTIONS = os.path.abspath('testdata/oracle/EXCEPTIONS.md')
MOST_LISTED = 0.0002  # of the packets
SHOWN_MISMATCHES = 20  # enough to see of what kind they are


def captures(shared):
    """All captures below SHARED, sorted."""
    found = []
    for folder in ('captures', 'corpus'):
        for base, _, names in os.walk(os.path.join(shared, folder)):
            found += [os.path.join(base, n) for n in names if not n.endswith(NOT_CAPTURES)]
    return sorted(found)


def cached(path, cache):
    """Whether the cache holds tshark's answer for a capture."""
    with open(path, 'rb') as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    return bool(glob.glob(os.path.join(cache, digest + '.v*.json.gz')))


def stand_in(folder):
    """Puts a tshark on the PATH that only tells its version: oracle.py asks for it even when the cache answers everything."""
    path = os.path.join(folder, 'tshark')
    with open(path, 'w') as f:
        f.write('#!/bin/sh\necho "tshark is not installed: every answer comes from the cache"\n')
    os.chmod(path, 0o755)
    os.environ['PATH'] = folder + os.pathsep + os.environ['PATH']


def compare(shared, work):
    """Runs the comparison in the work folder; returns the exit status."""
    cache = os.path.join(work, 'cache')
    if os.path.isdir(os.path.join(shared, 'oracle', 'cache')):
        shutil.copytree(os.path.join(shared, 'oracle', 'cache'), cache, copy_function=shutil.copyfile)
        os.chmod(cache, 0o755)
    files = captures(shared)
    unknown = {f for f in files if not cached(f, cache)}
    if unknown and not shutil.which('tshark'):
        subprocess.run(['.make/deps.sh', 'oracle'], check=False)
    if not shutil.which('tshark'):
        stand_in(work)
        if unknown:
            print('compare: %d captures are left out: neither the cache nor a tshark knows them' % len(unknown))
            files = [f for f in files if f not in unknown]
    if not files:
        print('compare: no captures in %s, nothing compared' % shared)
        return 0
    listing, summary = os.path.join(work, 'files'), os.path.join(work, 'summary.json')
    with open(listing, 'w') as f:
        f.write('\n'.join(files) + '\n')
    # Every disagreement is wanted in the summary, but only the table on the screen.
    run = subprocess.run([sys.executable, os.path.join(shared, 'oracle', 'oracle.py'), '--app', APP, '--cache', cache,
                          '--mismatches', str(10**9), '--json', summary, '@' + listing],
                         check=False, stdout=subprocess.PIPE, text=True)
    print(run.stdout.split('\n-- ')[0].rstrip())
    try:
        with open(summary) as f:
            result = json.load(f)
    except (OSError, ValueError) as e:
        print('compare: FAILED: the comparison itself gave no result: %s' % e)
        return 1
    return verdict(result)


def verdict(result):
    """Prints one line about the summary of oracle.py and returns the exit status."""
    bad = collections.defaultdict(list)
    for info in result['per_file']:
        for key in ('status', 'export_status'):
            if info.get(key) in RED:
                bad[info[key]].append(os.path.basename(info['file']))
    fields = [f for f in result['fields'].values() if f['provided']]
    agreed, compared = sum(f['agreed'] for f in fields), sum(f['compared'] for f in fields)
    if not any(f['provided'] for name, f in result['fields'].items() if name.startswith('packet.')):
        print('compare: FAILED: not one packet was printed for %d captures' % result['files'])
        return 1
    for status, names in sorted(bad.items()):
        print('compare: %s on %d captures: %s%s' % (status, len(names), ' '.join(names[:5]), ' ...' if names[5:] else ''))
    failed = not listed(result) or bad
    print('compare: %s, %d of %d values agree (%.3f %%) in %d captures' %
          ('FAILED' if failed else 'ok', agreed, compared, 100.0 * agreed / compared, result['files']))
    return 1 if failed else 0


Rule = collections.namedtuple('Rule', 'line files fields count')


def rules():
    """The exceptions, as EXCEPTIONS.md lists them."""
    found = []
    with open(EXCEPTIONS) as f:
        for line in f:
            if line.startswith('- '):
                files, fields, count, _ = line[2:].split(' | ', 3)
                found.append(Rule(line.strip(), files.split(), fields.split(), int(count)))
    return found


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, p) for p in patterns)


def listed(result):
    """Whether EXCEPTIONS.md lists every disagreement. Prints what it does not, and lines that list too many."""
    known, used, packets, unlisted = rules(), collections.Counter(), set(), []
    for field, mismatches in sorted(result['mismatches'].items()):
        if not result['fields'][field]['provided']:
            continue
        for m in mismatches:
            name, _, place = m['where'].partition(' ')
            name = name.rstrip(':')
            rule = next((r for r in known if matches(name, r.files) and matches(field, r.fields)), None)
            if rule is None:
                unlisted.append((field, m))
                continue
            used[rule.line] += 1
            if field.startswith('packet.'):
                packets.add((name, re.match(r'frame \d+', place).group()))
    for field, m in unlisted[:SHOWN_MISMATCHES]:
        print('compare: not listed: %s of %s: tshark %s, tcptalk %s' % (field, m['where'], m['tshark'], m['app']))
    if unlisted[SHOWN_MISMATCHES:]:
        print('compare: ... and %d more' % len(unlisted[SHOWN_MISMATCHES:]))
    ok = not unlisted
    for rule in known:
        if used[rule.line] > rule.count:
            ok = False
            print('compare: %d found, %d listed: %s' % (used[rule.line], rule.count, rule.line))
        elif 0 < used[rule.line] < rule.count:
            print('compare: only %d found, the list can be shortened: %s' % (used[rule.line], rule.line))
    compared = result['fields']['packet.present']['compared']
    print('compare: %d differences are listed; they touch %d of %d packets' % (sum(used.values()), len(packets), compared))
    if len(packets) > MOST_LISTED * compared:
        ok = False
        print('compare: that is more than %.2f %% of the packets' % (100 * MOST_LISTED))
    return ok


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    shared = os.path.abspath(sys.argv[1])
    if not os.path.exists(os.path.join(shared, 'oracle', 'oracle.py')):
        print('compare: no oracle in %s, nothing compared' % shared)
        return 0
    if not os.path.exists(APP):
        print('compare: FAILED: bin/tcptalk is not built')
        return 1
    with tempfile.TemporaryDirectory(prefix='tcptalk-compare-') as work:
        return compare(shared, work)


if __name__ == '__main__':
    sys.exit(main())
