import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { completionCommand } from '../../src/cli/completion.ts'
import { COMPLETED_COMMANDS } from '../../src/cli/completion/completed-commands.ts'
import type { CompletedFlag } from '../../src/cli/completion/completed-flag.ts'
import { SHELLS, type Shell } from '../../src/cli/completion/shells.ts'
import { REQUEST_FLAGS } from '../../src/config/command-line.ts'
import { OPTION_LIST } from '../../src/config/options.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const run = promisify(execFile)

const hasShell: Record<Shell, boolean> = { bash: false, zsh: false, fish: false }
for (const shell of SHELLS)
  hasShell[shell] = await run(shell, ['-c', 'true']).then(
    () => true,
    () => false,
  )

let directory: TemporaryDirectory

/** What the command prints, and its exit status. */
function printed(...argv: string[]): { status: number; stdout: string; stderr: string } {
  let [stdout, stderr] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((stderr += String(text)), true))
  const status = completionCommand(argv)
  vi.restoreAllMocks()
  return { status, stdout, stderr }
}

beforeAll(() => {
  directory = new TemporaryDirectory()
  for (const shell of SHELLS) writeFileSync(directory.join(`script.${shell}`), printed(shell).stdout)
  mkdirSync(directory.join('work/two words'), { recursive: true })
  writeFileSync(directory.join('work/app.py'), '')
})

afterAll(() => directory[Symbol.dispose]())

/** What bash offers for the last word of each line. */
async function offeredByBash(lines: readonly (readonly string[])[]): Promise<string[][]> {
  const asked = lines.map((words) => {
    const quoted = words.map((word) => `'${word}'`).join(' ')
    return `COMP_WORDS=(gantry ${quoted}); COMP_CWORD=${words.length}; _gantry; printf '%s\\t' "\${COMPREPLY[@]}"; echo`
  })
  const script = ['set -u', `source <(cat '${directory.join('script.bash')}')`, ...asked].join('\n')
  const { stdout } = await run('bash', ['--norc', '-c', script], { cwd: directory.join('work') })
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').filter((word) => word !== ''))
}

const offeredFor = async (...words: string[]): Promise<string[]> => (await offeredByBash([words]))[0]!

describe('the commands that shells complete', () => {
  test('are those that there are', () => {
    const names = COMPLETED_COMMANDS.map(({ name }) => name)
    expect(names.toSorted()).toEqual([...COMMANDS.keys()].toSorted())
  })

  test('have every flag of the option table, and those that are in none', () => {
    const options = OPTION_LIST.flatMap(({ flag, option }) =>
      flag === undefined ? [] : [flag, ...(option.short ? [option.short] : []), ...(option.aliases ?? [])],
    )
    for (const { flags } of COMPLETED_COMMANDS.slice(0, 5)) {
      const spellings = flags.flatMap((flag) => flag.spellings)
      expect(spellings).toEqual(expect.arrayContaining([...options, ...REQUEST_FLAGS]))
      expect(new Set(spellings).size).toBe(spellings.length)
    }
  })
})

describe.skipIf(!hasShell.bash)('in bash', () => {
  const files = ['app.py', 'two words']
  const flags = COMPLETED_COMMANDS.flatMap(({ name, flags: own }) =>
    own.flatMap((flag) => flag.spellings.map((spelling) => ({ name, spelling, flag }))),
  )

  /** Of its value; undefined where something else follows. */
  function expected({ value }: CompletedFlag): readonly string[] | undefined {
    if (value === undefined || value === 'text') return value === undefined ? undefined : []
    if (value === 'file') return files
    return value === 'directory' ? ['two words'] : value
  }

  test('every flag of every command is offered', async () => {
    const offered = await offeredByBash(flags.map(({ name, spelling }) => [name, spelling]))
    for (const [index, { name, spelling }] of flags.entries())
      expect(offered[index], `${name} ${spelling}`).toContain(spelling)
  })

  test('the value of every flag is offered, behind a blank and behind an equals sign', async () => {
    const valued = flags.filter(({ flag }) => flag.value !== undefined)
    const apart = await offeredByBash(valued.map(({ name, spelling }) => [name, spelling, '']))
    const attached = await offeredByBash(valued.map(({ name, spelling }) => [name, spelling, '=', '']))
    for (const [index, { name, spelling, flag }] of valued.entries()) {
      expect(apart[index]!.toSorted(), `${name} ${spelling}`).toEqual(expected(flag)!.toSorted())
      expect(attached[index], `${name} ${spelling}=`).toEqual(apart[index])
    }
  })

  test.each([
    [[''], [...COMMANDS.keys(), ...files]],
    [['mig'], ['migrate']],
    [['--log-l'], ['--log-level']],
    [['--log-level', 'w'], ['warning']],
    [
      ['--log-level', '='],
      ['debug', 'info', 'warning', 'error'],
    ],
    [['app.py', '--reload', 'ap'], ['app.py']],
    [['serve', 'two'], ['two words']],
    [['migrate', 'u'], ['uwsgi']],
    [['init', ''], ['two words']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['workers', '-'],
      ['--control-socket', '--pid', '--pid-file', '--help', '-h', '+1', '-1'],
    ],
    [
      ['status', ''],
      ['--json', '--control-socket', '--pid', '--pid-file', '--help', '-h'],
    ],
  ])('gantry %j is completed', async (words, offered) => {
    const given = await offeredFor(...words)
    const those = offered.filter((word) => word.startsWith(words.at(-1)!) || words.at(-1) === '=')
    expect(given.toSorted()).toEqual(those.toSorted())
  })
})

describe.skipIf(!hasShell.zsh)('in zsh', () => {
  test('the script is sound', async () => {
    await expect(run('zsh', ['-n', directory.join('script.zsh')])).resolves.toMatchObject({ stderr: '' })
  })
})

describe.skipIf(!hasShell.fish)('in fish', () => {
  test.each([
    ['gantry mig', 'migrate'],
    ['gantry --log-level w', 'warning'],
    ['gantry config --access-log-f', '--access-log-format'],
    ['gantry app.py --chdir two', 'two words/'],
    ['gantry stop --no', '--no-wait'],
  ])('%s is completed', async (line, offered) => {
    const script = `source '${directory.join('script.fish')}'; complete -C '${line}'`
    const { stdout, stderr } = await run('fish', ['--no-config', '-c', script], {
      cwd: directory.join('work'),
    })
    expect(stderr).toBe('')
    expect(stdout.split('\n').map((each) => each.split('\t')[0])).toContain(offered)
  })
})

describe('gantry completion', () => {
  test.each(SHELLS)('%s prints a script that names every spelling of every flag', (shell) => {
    const { status, stdout } = printed(shell)
    expect(status).toBe(0)
    const text = stdout.replaceAll('\n', ' \n')
    for (const { flags } of COMPLETED_COMMANDS)
      for (const spelling of flags.flatMap((flag) => flag.spellings)) {
        const inFish = spelling.startsWith('--') ? ` -l ${spelling.slice(2)} ` : ` -s ${spelling.slice(1)} `
        expect(text).toContain(shell === 'fish' ? inFish : spelling)
      }
  })

  test('knows no other shell: status 2', () => {
    const { status, stderr, stdout } = printed('csh')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('expected bash, zsh or fish, got "csh"')
    expect(printed().status).toBe(2)
  })

  test('says with --help how each shell reads it', () => {
    const { status, stdout } = printed('--help')
    expect(status).toBe(0)
    for (const shell of SHELLS) expect(stdout).toContain(`gantry completion ${shell}`)
  })
})
