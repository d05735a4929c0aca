import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * `npm run instance-classes`, for maintainers: writes knowledge/instance-classes.tsv from the EC2 instance types that the Python package moto carries,
 * as ec2:DescribeInstanceTypes reported them. A class of RDS is an instance type with `db.` before it. Afterwards run `npm run --silent releases`.
 */
const READ_TYPES = `
import glob, gzip, json, sys, zipfile
[wheel] = glob.glob(sys.argv[1] + "/moto-*.whl")
with zipfile.ZipFile(wheel) as package:
    types = json.loads(gzip.decompress(package.read("moto/ec2/resources/instance_types.json.gz")))
print(json.dumps({
    "version": wheel.rsplit("/", 1)[1].split("-")[1],
    "types": {name: [about["VCpuInfo"]["DefaultVCpus"], about["MemoryInfo"]["SizeInMiB"]] for name, about in types.items()},
}))
`;

const typesSchema = z.object({
  version: z.string(),
  types: z.record(z.string(), z.tuple([z.number().int(), z.number().int()])),
});

/** General purpose, memory and burstable, and the compute classes with a local disk, as RDS for PostgreSQL and Aurora offer them. */
const OFFERED = /^(m[3-9]|r[3-9]|t[2-9]|x[12]|c6gd|z1d)[a-z]*\.(?!metal)/;
/** RDS names these without the local disk that the instance type has. */
const RENAMED: Readonly<Record<string, string>> = { x2gd: 'x2g' };

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'instance-classes-'));
try {
  await run('python3', [
    ...['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps', '--only-binary=:all:'],
    ...['--dest', folder, 'moto'],
  ]);
  const { stdout } = await run('python3', ['-c', READ_TYPES, folder], { maxBuffer: 16 * 1024 * 1024 });
  const { version, types } = typesSchema.parse(JSON.parse(stdout));
  const rows = Object.entries(types)
    .filter(([name]) => OFFERED.test(name))
    .map(([name, [vcpus, memory]]) => [classOf(name), vcpus, memory, `moto ${version}`].join('\t'))
    .sort();
  const table = join(import.meta.dirname, '..', 'knowledge', 'instance-classes.tsv');
  await writeFile(table, `${['class\tvcpus\tmemory_mib\tsource', ...rows].join('\n')}\n`);
  console.log(`${rows.length} classes, from moto ${version}. Now run npm run --silent releases.`);
} finally {
  await rm(folder, { recursive: true });
}

function classOf(type: string): string {
  const [family = '', size = ''] = type.split('.');
  return `db.${RENAMED[family] ?? family}.${size}`;
}
