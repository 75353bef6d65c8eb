// Every form of a WSGI application (wsgi-requirements W1) as the one that Gantry calls.

import type { Application, ApplicationResult, Blocks, StartResponse } from './application.ts'
import { AssertionError } from './assertion-error.ts'
import { nameOfType } from './checked-head.ts'
import type { Environ } from './environ.ts'

/** A class whose instances are the answer's blocks. */
export type ApplicationClass = new (environ: Environ, startResponse: StartResponse) => Blocks

/** An object that has the application as its method `call`. */
export interface ApplicationObject {
  call(environ: Environ, startResponse: StartResponse): ApplicationResult | Promise<ApplicationResult>
}

/** What `asApplication` takes: functions of every kind, a class with an iterator, an object with `call`. */
export type ApplicationLike = Application | ApplicationClass | ApplicationObject

/**
 * Makes the function that Gantry calls of any form of application.
 *
 * A function, async or not, generator or not, is one already; a class is constructed for each request; of an object `call` is called.
 *
 * @throws AssertionError for anything else
 */
export function asApplication(like: ApplicationLike): Application {
  if (typeof like === 'function') return isClass(like) ? constructing(like) : like
  if (typeof like === 'object' && (like as unknown) !== null && typeof like.call === 'function')
    return calling(like)
  throw new AssertionError(
    `no WSGI application: a function, a class with an iterator or an object with call() is one, not ${nameOfType(like)}`,
  )
}

/** Whether something can be made an application. */
export function isApplicationLike(value: unknown): value is ApplicationLike {
  if (typeof value === 'function') return true
  return typeof value === 'object' && value !== null && 'call' in value && typeof value.call === 'function'
}

function isClass(like: Application | ApplicationClass): like is ApplicationClass {
  // Compiled to old JavaScript a class is a plain function: then its instances' iterator tells.
  const prototype: unknown = like.prototype
  if (typeof prototype !== 'object' || prototype === null) return false
  if (/^class\b/.test(Function.prototype.toString.call(like))) return true
  return !isGeneratorFunction(like) && (Symbol.iterator in prototype || Symbol.asyncIterator in prototype)
}

// The prototype of a generator function is that of its generators, which are iterators too.
function isGeneratorFunction(like: object): boolean {
  return String(Reflect.get(like, Symbol.toStringTag)).endsWith('GeneratorFunction')
}

function constructing(Class: ApplicationClass): Application {
  const application: Application = (environ, startResponse) => new Class(environ, startResponse)
  return named(application, Class.name)
}

function calling(object: ApplicationObject): Application {
  const application: Application = (environ, startResponse) => object.call(environ, startResponse)
  return named(application, nameOfType(object))
}

function named(application: Application, name: string): Application {
  return Object.defineProperty(application, 'name', { value: name })
}
