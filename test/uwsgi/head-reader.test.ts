// The corpus of uwsgi: the events are the same however the bytes come.

import { expect, test } from 'vitest'
import { UwsgiHeadReader } from '../../src/uwsgi/head-reader.ts'
import { UWSGI_VIOLATIONS } from '../../src/uwsgi/violation.ts'
import { logHead } from '../cgi/head-log.ts'
import { describeCorpus, violationsIn } from '../http/describe-corpus.ts'

describeCorpus('uwsgi', (pieces, limits) => logHead(new UwsgiHeadReader(limits.maxHeadBytes), pieces))

test('the corpus of uwsgi has a case for every violation', () => {
  expect(violationsIn('uwsgi')).toEqual(Object.keys(UWSGI_VIOLATIONS).sort())
})
