import { expect, test } from 'vitest'
import { runGantry } from '../harness/gantry-process.ts'

test('gantry --version --verbose has what a bug report needs, and no secret', async () => {
  const given = [
    "shop:create('hidden-1')",
    '-e',
    'KEY=hidden-2',
    '--mounts',
    '/a=b,/a env=TOKEN=hidden-3',
    '--workers',
    '3',
    '--version',
    '--verbose',
  ]
  const { stdout, stderr, exit } = await runGantry(given, { env: { GANTRY_LOG_LEVEL: 'error' } })
  expect([exit.code, stderr]).toEqual([0, ''])
  expect(stdout).not.toContain('hidden')
  expect(stdout.split('\n').length).toBeLessThanOrEqual(24)
  for (const row of [
    /^gantry +\d+\.\d+\.\d+ \(\/.*\)$/m,
    /^node +\d+\.\d+\.\d+ \(\/.*\)$/m,
    /^python +3\.\d+\.\d+ CPython \(\/.*, from .*\)$/m,
    /^system +\S+ \S+ \S+ \(.*\)$/m,
    /^cpus +\d+ \(.*\)$/m,
    /^open files +\d+$/m,
    /^application +shop:create\(\*\*\*\) {2}\(argument APP\)$/m,
    /^env +KEY=\*\*\* {2}\(flag -{1,2}e.*\)$/m,
    /^workers +3 {2}\(flag --workers\)$/m,
    /^log-level +error {2}\(variable GANTRY_LOG_LEVEL\)$/m,
  ])
    expect(stdout).toMatch(row)
})
