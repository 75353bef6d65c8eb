// A migrated SQLite database with a user for the admin, as examples/django/README.md makes it.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { REPOSITORY } from '../harness/gantry-process.ts'

export const ADMIN = { username: 'admin', password: 'gantry' }

const MANAGE = join(REPOSITORY, 'examples/django/manage.py')
const run = promisify(execFile)

export async function makeDjangoDatabase(python: string, path: string): Promise<void> {
  const env = {
    ...process.env,
    PYTHONDONTWRITEBYTECODE: '1',
    DJANGO_DATABASE: path,
    DJANGO_SUPERUSER_PASSWORD: ADMIN.password,
  }
  await run(python, [MANAGE, 'migrate', '--verbosity', '0'], { env })
  const user = ['--username', ADMIN.username, '--email', 'admin@example.com']
  await run(python, [MANAGE, 'createsuperuser', '--noinput', ...user], { env })
}
