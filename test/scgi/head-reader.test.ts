// The corpus of scgi: the events are the same however the bytes come.

import { expect, test } from 'vitest'
import { ScgiHeadReader } from '../../src/scgi/head-reader.ts'
import { SCGI_VIOLATIONS } from '../../src/scgi/violation.ts'
import { logHead } from '../cgi/head-log.ts'
import { describeCorpus, violationsIn } from '../http/describe-corpus.ts'

describeCorpus('scgi', (pieces, limits) => logHead(new ScgiHeadReader(limits.maxHeadBytes), pieces))

test('the corpus of scgi has a case for every violation', () => {
  expect(violationsIn('scgi')).toEqual(Object.keys(SCGI_VIOLATIONS).sort())
})
