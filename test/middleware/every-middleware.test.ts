import { describe, expect, test } from 'vitest'
import * as factories from '../../src/middleware/index.ts'
import {
  type ApplicationProcess,
  attachProcess,
  compose,
  processesOf,
} from '../../src/wsgi/application-parts.ts'
import type { Application } from '../../src/wsgi/application.ts'
import { application } from '../fixtures/behind-middleware.ts'
import { describeEnviron, describeEveryMiddleware, LAYERS } from './describe-every-middleware.ts'

// What gantry/middleware has besides middleware.
const OTHERS = ['hashPassword']

describeEveryMiddleware('TypeScript', () => application)
describeEnviron('TypeScript', () => application)

describe('every middleware', () => {
  test('is in the table of these tests', () => {
    const names = Object.keys(factories).filter((name) => !OTHERS.includes(name))
    expect(Object.keys(LAYERS).sort()).toEqual(names.sort())
  })

  test.each(Object.entries(LAYERS))(
    '%s lets the process behind it be found, put before it by hand too',
    (_, layer) => {
      const inner: Application = () => []
      const process = {} as ApplicationProcess
      attachProcess(inner, process)
      expect(processesOf(compose(layer())(inner))).toEqual([process])
      expect(processesOf(layer()(inner))).toEqual([process])
    },
  )

  test.each(Object.entries(LAYERS).filter(([name]) => name !== 'mount'))(
    '%s is named for its factory, as the banner shows it',
    (name, layer) => {
      expect(layer().name).toBe(name)
    },
  )

  test.each(Object.entries(LAYERS))('%s returns a function with a name', (_, layer) => {
    expect(layer()(application).name).not.toBe('')
  })
})
