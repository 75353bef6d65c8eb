import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SourceWatch } from '../../../src/server/supervisor/source-watch.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { until } from '../../harness/until.ts'

let directory: TemporaryDirectory
let watch: SourceWatch
let changes: string[]
let problems: string[]

beforeEach(async () => {
  directory = new TemporaryDirectory()
  changes = []
  problems = []
  mkdirSync(directory.join('shop/__pycache__'), { recursive: true })
  for (const name of ['node_modules/a', '.git', 'env/lib'])
    mkdirSync(directory.join(name), { recursive: true })
  writeFileSync(directory.join('env/pyvenv.cfg'), '')
  for (const name of ['app.py', 'shop/views.py', 'env/lib/os.py']) writeFileSync(directory.join(name), '')
  watch = new SourceWatch([directory.path, directory.join('not-there')], (name) => name.endsWith('.py'), {
    changed: (paths) => changes.push(...paths.map((path) => relative(directory.path, path))),
    incomplete: (reason) => problems.push(reason),
  })
  await watch.begin()
})
afterEach(() => {
  watch.end()
  directory[Symbol.dispose]()
})

async function expectChange(...names: readonly string[]): Promise<void> {
  await until(
    () => names.every((name) => changes.includes(name)),
    10_000,
    () => `${changes.join(', ') || 'nothing'} changed instead of ${names.join(', ')}`,
  )
  expect(changes.splice(0).sort()).toEqual([...names].sort())
}

const write = (name: string, text = 'changed'): void => writeFileSync(directory.join(name), text)

test('a file that is written, replaced as editors do, touched, made or removed is a change', async () => {
  write('shop/views.py')
  await expectChange('shop/views.py')
  write('shop/.views.py.tmp')
  renameSync(directory.join('shop/.views.py.tmp'), directory.join('shop/views.py'))
  await expectChange('shop/views.py')
  utimesSync(directory.join('app.py'), 2_000_000_000, 2_000_000_000)
  await expectChange('app.py')
  write('shop/urls.py')
  await expectChange('shop/urls.py')
  rmSync(directory.join('shop/urls.py'))
  await expectChange('shop/urls.py')
})

test('a directory that comes is looked into, and watched; one that goes takes its files along', async () => {
  mkdirSync(directory.join('other/deep'), { recursive: true })
  write('other/deep/new.py')
  await expectChange('other/deep/new.py')
  write('other/deep/new.py', 'once more')
  await expectChange('other/deep/new.py')
  rmSync(directory.join('other'), { recursive: true })
  await expectChange('other/deep/new.py')
})

test('what is no source, and what the application does not consist of, is none', async () => {
  write('notes.txt')
  write('shop/__pycache__/views.py')
  write('node_modules/a/x.py')
  write('.git/x.py')
  write('env/lib/os.py')
  // Whatever was told of the others is told before this.
  write('app.py')
  await expectChange('app.py')
})

test('a directory that is not there keeps nothing else from being watched', () => {
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/not-there cannot be watched: ENOENT/)
})
