// From the specification of a TypeScript or JavaScript application to the application.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BootFailureKind, bootFailureError } from '../errors.ts'
import { type ApplicationLike, asApplication, isApplicationLike } from '../wsgi/as-application.ts'
import type { Application } from '../wsgi/application.ts'
import { partsOfScript } from './script-specification.ts'
import { isTypeScript, loadTypeScript } from './typescript-loader.ts'

const ATTRIBUTE = /^[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*(\(\))?$/u
/** What is looked for where no name is given. */
const NAMES = ['application', 'app', 'default']

/** An application, and how the banner names it. */
export interface LoadedApplication {
  readonly application: Application
  readonly description: string
}

/**
 * Imports the application that `specification` names; paths count from `directory`.
 *
 * Rejects with a GantryError: no such file or export, something that is no application, or what the module threw while it was imported.
 */
export async function loadApplication(specification: string, directory: string): Promise<LoadedApplication> {
  const { file, name } = partsOfScript(specification)
  if (name !== undefined && !ATTRIBUTE.test(name))
    throw failure(
      'bad-specification',
      `${specification}: ${name || 'nothing'} is no name of an export`,
      HOW_TO_NAME,
    )
  const path = resolve(directory, file)
  if (!existsSync(path))
    throw failure(
      'not-found',
      `there is no file ${path}`,
      'The path counts from the working directory (--chdir).',
    )
  const module = await importModule(path)
  const { value, found } = name === undefined ? unnamed(module, path) : await named(module, path, name)
  const application = asApplication(checkedApplication(value, `${path}:${found}`))
  return { application, description: `${file}:${found} (${kindOf(value)}, ${path})` }
}

const HOW_TO_NAME =
  'Name an export after a colon: ./app.ts:application, or ./app.ts:createApp() for a function that makes the application.'

const HOW_TO_EXPORT = 'Put `export` in front of it: export const application = ...'

/** Imports a module, TypeScript too. Rejects with a GantryError that carries what the module threw. */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (isTypeScript(path)) await loadTypeScript()
  try {
    return exportsOf((await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>)
  } catch (error) {
    throw raised(`${path} failed while it was imported`, error)
  }
}

/**
 * What a CommonJS module exports is the default of its namespace; in there, one that was compiled from `export` statements has a default of its
 * own, as TypeScript has where no package.json says "type": "module".
 */
function exportsOf(namespace: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const exports = namespace['default']
  if (typeof exports !== 'object' || exports === null) return namespace
  if (Reflect.get(exports, '__esModule') === true) return { ...namespace, ...exports }
  return { ...exports, ...namespace }
}

function unnamed(
  exports: Readonly<Record<string, unknown>>,
  path: string,
): { value: unknown; found: string } {
  const found = NAMES.find((name) => exports[name] !== undefined)
  if (found === undefined)
    throw failure(
      'no-attribute',
      `${path} exports neither ${NAMES.join(' nor ')}; it exports ${Object.keys(exports).join(', ') || 'nothing'}`,
      Object.keys(exports).length === 0 ? HOW_TO_EXPORT : HOW_TO_NAME,
    )
  return { value: exports[found], found }
}

async function named(
  exports: Readonly<Record<string, unknown>>,
  path: string,
  name: string,
): Promise<{ value: unknown; found: string }> {
  const parts = name.replace(/\(\)$/, '').split('.')
  let value: unknown = exports
  for (const part of parts) {
    const holder: unknown = value
    value = isHolder(holder) ? Reflect.get(holder, part) : undefined
    if (value === undefined)
      throw failure(
        'no-attribute',
        `${path} has no ${name}; it exports ${Object.keys(exports).join(', ') || 'nothing'}`,
        HOW_TO_NAME,
      )
  }
  return { value: name.endsWith('()') ? await called(value, `${path}:${name}`) : value, found: name }
}

const isHolder = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

async function called(factory: unknown, place: string): Promise<unknown> {
  if (typeof factory !== 'function')
    throw failure('not-callable', `${place} is no function that could be called`, HOW_TO_NAME)
  try {
    return await (factory as () => unknown)()
  } catch (error) {
    throw raised(`${place} failed`, error)
  }
}

/** Throws a GantryError for what is no application; `place` is where it was given. */
export function checkedApplication(value: unknown, place: string): ApplicationLike {
  const other = otherFramework(value)
  if (other !== undefined)
    throw failure('not-callable', `${place} is ${other.what}, no WSGI application`, other.hint)
  if (isApplicationLike(value)) return value
  throw failure(
    'not-callable',
    `${place} is no WSGI application: a function, a class with an iterator or an object with call() is one`,
    'docs/guide/wsgi-in-typescript.md shows each of them.',
  )
}

/** What looks like an application and would be called with what it cannot know. */
function otherFramework(value: unknown): { readonly what: string; readonly hint: string } | undefined {
  if (typeof value === 'function' && 'handle' in value && 'listen' in value)
    return {
      what: 'an Express application',
      hint: "Make one of it: fromNodeListener(app), from 'gantry/adapters'.",
    }
  if (typeof value === 'object' && value !== null && 'fetch' in value && typeof value.fetch === 'function')
    return {
      what: 'a fetch handler',
      hint: "Make one of it: fromFetch(app.fetch), from 'gantry/adapters'.",
    }
  return undefined
}

function kindOf(value: unknown): string {
  if (typeof value !== 'function') return 'object'
  const text = Function.prototype.toString.call(value)
  if (/^class\b/.test(text)) return 'class'
  const tag = String(Reflect.get(value, Symbol.toStringTag) ?? '')
  return tag === '' ? 'function' : tag.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
}

const failure = (kind: BootFailureKind, message: string, hint: string): Error =>
  bootFailureError({ kind, message, hint })

function raised(message: string, error: unknown): Error {
  return bootFailureError({
    kind: 'raised',
    message,
    traceback: stackOf(error),
    hint: 'What it threw follows.',
  })
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // What cannot be parsed: the message has the place, the stack is the compiler's.
  if (error.name === 'TransformError') return error.message
  return error.stack ?? String(error)
}
