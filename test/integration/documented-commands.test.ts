// The commands that the pages show: each is one that npm or gantry takes.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { resolve } from '../../src/config/resolve.ts'
import { REPOSITORY } from '../harness/gantry-process.ts'

const EXAMPLES = readdirSync(join(REPOSITORY, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `examples/${name}/README.md`)
const PAGES = ['README.md', 'CONTRIBUTING.md', ...EXAMPLES]
const PLACE = { startDirectory: REPOSITORY, temporaryDirectory: '/tmp' }

const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** Commands on lines of their own, in fenced or indented blocks, and in the text between backticks. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8')
  const lines = [...text.matchAll(/^(?: {4})?((?:npm|npx) .*)$/gm)].map((match) => match[1]!)
  const quoted = [...text.matchAll(/`((?:npm|npx) [^`]*)`/g)].map((match) => match[1]!)
  return [...lines, ...quoted]
    .flatMap((line) => line.replace(/\s#.*$/, '').split('&&'))
    .map((command) => command.trim())
}

/** The words of a command, as a shell would split them. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]!)
}

/** Commands that take what `gantry APP` does. */
const TAKE_AS_SERVE = new Set(['check', 'dev'])

function expectGantryTakes(argv: readonly string[], command: string): void {
  const resolution = resolve({ argv, env: {}, place: PLACE })
  expect(resolution.kind === 'problems' ? resolution.problems.map(String) : [], command).toEqual([])
  if (resolution.kind !== 'settings') return
  const { chdir, application } = resolution.settings
  if (chdir.includes('/examples/')) expect(existsSync(chdir), command).toBe(true)
  if (application.startsWith('examples/'))
    expect(existsSync(join(REPOSITORY, application)), command).toBe(true)
}

function expectNpmTakes(words: readonly string[], command: string): void {
  const [first = '', second = ''] = words
  if (['ci', 'install', 'pack'].includes(first)) return
  const script = first === 'run' ? second : first
  expect(Object.keys(scripts), command).toContain(script)
}

describe.each(PAGES)('%s', (page) => {
  test.each(commandsOf(page))('shows a command that is there: %s', (command) => {
    const [program, ...words] = wordsOf(command)
    if (program === 'npx') {
      expect(words[0]).toBe('gantry')
      // Alone it serves what a configuration file names.
      const isComplete = words.length > 1 && words[1] !== '…'
      if (isComplete) expectGantryTakes(words.slice(TAKE_AS_SERVE.has(words[1] ?? '') ? 2 : 1), command)
      return
    }
    expectNpmTakes(words, command)
    const end = words.indexOf('--')
    if (words[0] === 'start' && end !== -1) expectGantryTakes(words.slice(end + 1), command)
    if (words[0] === 'test' && end !== -1)
      expect(existsSync(join(REPOSITORY, words[end + 1] ?? '')), command).toBe(true)
  })
})

describe('the first screen of README.md', () => {
  test('starts and tests with two commands', () => {
    expect(commandsOf('README.md').slice(0, 2)).toEqual(['npm ci', 'npm start'])
    expect(commandsOf('README.md')).toContain('npm test')
  })
})
