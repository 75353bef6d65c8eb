// RFC 3875 §6.2.2: a script that answers with nothing but a path of its own site means the answer of that path.

import type { Application, ApplicationResult, StartResponse } from '../../wsgi/application.ts'
import { type ApplicationLike, asApplication } from '../../wsgi/as-application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import { emptyInput } from '../../wsgi/input-stream.ts'
import { percentDecoded } from '../../wsgi/request-strings.ts'

/** The application that has all paths of the site. A function, as the site holds the script. */
export type Site = () => ApplicationLike

const REDIRECTS = 'gantry.cgi_redirects'
const MOST_REDIRECTS = 10

/** Answers as the site does for `target`; undefined where scripts have led from one to the other too often. */
export function answerOfSite(
  site: Site,
  target: string,
  environ: Environ,
  startResponse: StartResponse,
): ApplicationResult | Promise<ApplicationResult> | undefined {
  const before = environ[REDIRECTS]
  const redirects = typeof before === 'number' ? before + 1 : 1
  if (redirects > MOST_REDIRECTS) return undefined
  const application: Application = asApplication(site())
  return application({ ...redirected(environ, target), [REDIRECTS]: redirects }, startResponse)
}

/** A request for `target` by the same client. */
function redirected(environ: Environ, target: string): Environ {
  const [path = '', ...query] = target.split('?')
  const request: Environ = {
    ...environ,
    REQUEST_METHOD: environ.REQUEST_METHOD === 'HEAD' ? 'HEAD' : 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: percentDecoded(path),
    QUERY_STRING: query.join('?'),
    REQUEST_URI: target,
    RAW_URI: target,
    'wsgi.input': emptyInput(),
  }
  delete request.CONTENT_TYPE
  delete request.CONTENT_LENGTH
  return request
}
