// Another commit of this repository, checked out and built beside it in a temporary directory.
import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from '../setup/run-command.ts'

export type Checkout = {
  readonly folder: string
  readonly commit: string
  readonly remove: () => Promise<void>
}

export async function checkOutBase(repository: string, base: string): Promise<Checkout> {
  const git = ['git', '-C', repository]
  const { isOk, stdout, reason } = await runCommand([...git, 'rev-parse', '--verify', `${base}^{commit}`])
  if (!isOk) throw new Error(`there is no commit ${base}: ${reason}`)
  const commit = stdout.trim()
  const parent = await mkdtemp(join(tmpdir(), 'gantry-base-'))
  const folder = join(parent, 'gantry')
  const remove = async (): Promise<void> => {
    await runCommand([...git, 'worktree', 'remove', '--force', folder])
    await rm(parent, { recursive: true, force: true })
  }
  // An interrupted comparison leaves at once.
  process.once('exit', () => removeNow(repository, folder, parent))
  try {
    await expectSuccess([...git, 'worktree', 'add', '--detach', folder, commit])
    // What the build needs is what this checkout has: a comparison is between near relatives.
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
    await expectSuccess(['npm', '--prefix', folder, 'run', '--silent', 'build'])
    return { folder, commit, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

function removeNow(repository: string, folder: string, parent: string): void {
  if (!existsSync(parent)) return
  execFileSync('git', ['-C', repository, 'worktree', 'remove', '--force', folder], { stdio: 'ignore' })
  rmSync(parent, { recursive: true, force: true })
}

async function expectSuccess(argv: readonly string[]): Promise<void> {
  const { isOk, reason } = await runCommand(argv)
  if (!isOk) throw new Error(`${argv.join(' ')}: ${reason}`)
}
