// What GUNICORN_CMD_ARGS would be here, for whoever starts Gantry with it in the environment.

import { tmpdir } from 'node:os'
import { readArguments } from '../migration/gunicorn/command-line.ts'
import { translateArguments } from '../migration/gunicorn/translate.ts'
import { migratedWords } from '../migration/render.ts'
import { shellWords } from '../migration/shell-words.ts'

/** A line for standard error, and one for each thing that has no counterpart. */
export function gunicornHint(text: string): string {
  const place = { startDirectory: process.cwd(), temporaryDirectory: tmpdir() }
  const words = (shellWords(text) ?? []).map((word) => word.text)
  const migration = translateArguments(readArguments(words), place)
  const options = migratedWords(migration)
  const lines = [
    `gantry: GUNICORN_CMD_ARGS is not read${options === '' ? '' : `; here it would be: ${options}`}`,
    ...migration.remarks.map(({ about, advice }) => `  ${about}: ${advice}`),
  ]
  return lines.map((line) => `${line}\n`).join('')
}
