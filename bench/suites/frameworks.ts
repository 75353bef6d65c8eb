// A page and a JSON endpoint of each framework: what is left of the differences when the application does some work.
import { loadCase } from '../cases/load-case.ts'
import type { Setting } from '../servers/server-entry.ts'
import { serversWithout } from '../servers/server-table.ts'
import { DJANGO_PAGES, FLASK_PAGES, PYRAMID_PAGES } from './settings.ts'
import type { Suite, SuitePart } from './suite.ts'

function frameworkSuite(name: string, title: string, setting: Setting, rounds: SuitePart['rounds']): Suite {
  const endpoint = (path: string, answer: string): ReturnType<typeof loadCase> =>
    loadCase({
      name: `${name}-${path}`,
      title: `GET, ${answer}, 64 keep-alive connections`,
      path: `/${path}`,
      connections: 64,
      chartMetric: 'requestsPerSecond',
    })
  const cases = [
    endpoint('page', 'a page of 20 rows from a template'),
    endpoint('json', '20 objects as JSON'),
  ]
  // What these add in `hello`, the difference to their siblings, is not another one here.
  const servers = serversWithout('gunicorn-gevent', 'gunicorn-sync', 'cheroot', 'hypercorn')
  return { name, title, parts: [{ setting, servers, cases, rounds }] }
}

export const flaskSuite = frameworkSuite('flask', 'Flask', FLASK_PAGES, 'all')
export const djangoSuite = frameworkSuite('django', 'Django', DJANGO_PAGES, 'all')
export const pyramidSuite = frameworkSuite('pyramid', 'Pyramid', PYRAMID_PAGES, 'some')
