// The command `gantry config`, as users call it.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { configSchemaText } from '../../src/config/json-schema.ts'
import { MAIN } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

function config(...words: readonly string[]) {
  using directory = new TemporaryDirectory()
  const given = [MAIN, 'config', ...words]
  return spawnSync(process.execPath, given, { cwd: directory.path, encoding: 'utf8' })
}

test('--schema prints the JSON Schema, whatever is configured here, and stands alone', () => {
  expect(config('--schema')).toMatchObject({ status: 0, stdout: configSchemaText(), stderr: '' })
  const { status, stderr } = config('--schema', 'shop')
  expect([status, stderr]).toEqual([2, expect.stringContaining('--schema stands alone')])
})

test('hides what --env says, as it may be a secret, for the server and for a mount, from people and programs', () => {
  const given = ['shop', '-e', 'KEY=hidden-1', '--mounts', '/api=api', '--mounts', '/api env=TOKEN=hidden-2']
  const text = config(...given).stdout
  expect(text).toMatch(/^ {2}env +KEY=\*{3} +flag --env$/m)
  expect(text).toMatch(/ \/api env=TOKEN=\*{3}$/m)
  const json = config(...given, '--json').stdout
  expect(JSON.parse(json)).toMatchObject({
    options: { env: { value: ['KEY=***'] }, mounts: { value: ['/api=api', '/api env=TOKEN=***'] } },
  })
  expect(text + json).not.toContain('hidden')
})
