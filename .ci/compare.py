#!/usr/bin/env python3
"""Compares bin/tcptalk with tshark over the captures of a reference folder, and prints the comparison's table.

  compare.py SHARED

SHARED holds oracle/oracle.py, oracle/cache (tshark's answers by the capture's SHA-256) and the folders captures and corpus;
without them there is nothing to compare and nothing to complain about. The cache is used as a copy. tshark itself is asked
only about captures that the cache does not know; it is installed for them where that is possible, and they are left out
where it is not.

Red (exit 1) are crashes, time-outs and a program that does not start. Disagreements are printed and stay green.
"""
import collections
import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

APP = os.path.abspath('bin/tcptalk')
RED = ('crash', 'timeout', 'cannot_start')
NOT_CAPTURES = ('.tsv', '.md', '.txt', '.json')  # notes beside the captures, as oracle.py knows them
SHOWN_MISMATCHES = 2  # per field: enough to see of what kind they are


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
    sys.stdout.flush()
    subprocess.run([sys.executable, os.path.join(shared, 'oracle', 'oracle.py'), '--app', APP, '--cache', cache,
                    '--mismatches', str(SHOWN_MISMATCHES), '--json', summary, '@' + listing], check=False)
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
    print('compare: %s, %d of %d values agree (%.3f %%) in %d captures' %
          ('FAILED' if bad else 'ok', agreed, compared, 100.0 * agreed / compared, result['files']))
    return 1 if bad else 0


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
