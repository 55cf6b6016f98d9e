import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureCodes } from '../../lambdas/domain/failure.ts';
import { documentPages, namesIn, readPage } from './document-pages.ts';
import { plainText, tableRows } from './page-tables.ts';

describe.each(documentPages)('%s', page => {
  const text = readPage(page);

  test('links to pages and headings that exist', () => {
    for (const link of linksOf(text)) {
      const [path = '', heading] = link.split('#');
      const target = path === '' ? page : normalize(join(dirname(page), path));
      if (path.endsWith('/')) expect(namesIn(target).length, link).toBeGreaterThan(0);
      else if (heading === undefined) expect(readPage(target).length, link).toBeGreaterThan(0);
      else expect(headingsOf(readPage(target)), link).toContain(heading);
    }
  });
});

/** Decision records have another form. */
const pagesWithReaders = documentPages.filter(
  page => !/^docs\/maintainer\/adr\/|^(README|CHANGELOG)\.md$/.test(page),
);

test.each(pagesWithReaders)('%s begins with whom it is for', page => {
  expect(readPage(page)).toMatch(/^# [^\n]+\n\n(For|This page is for) /);
});

test.each(pagesWithReaders)('%s is on the way from the README', page => {
  expect([...reachable('README.md')]).toContain(page);
});

test('the README has at most 150 lines', () => {
  expect(readPage('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

test('the glossary has at most 20 terms, in the order of the alphabet', () => {
  const terms = tableRows(readPage('docs/glossary.md'))
    .slice(2)
    .map(([term = '']) => term.replaceAll('*', ''));
  expect(terms.length).toBeGreaterThan(10);
  expect(terms.length).toBeLessThanOrEqual(20);
  expect(terms).toEqual(terms.toSorted());
});

test('the failure codes each have their row', () => {
  const codes = tableRows(readPage('docs/operator/failures.md'))
    .slice(2)
    .map(([code]) => plainText(code));
  expect(codes.sort()).toEqual(Object.keys(failureCodes).sort());
});

test('customers are told of every code that is theirs to act on, and of no other', () => {
  const codesIn = (path: string, isOne: (row: readonly string[]) => boolean) =>
    tableRows(readPage(path))
      .slice(2)
      .filter(isOne)
      .map(([code]) => plainText(code))
      .sort();
  const theirs = codesIn('docs/operator/failures.md', ([, who = '']) => who.includes('customer'));
  expect(theirs.length).toBeGreaterThan(0);
  expect(codesIn('docs/customer/exports-stopped.md', () => true)).toEqual(theirs);
});

/** Relative links and images, except those in code. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);
}

/** The anchors of a page’s headings, as GitHub generates them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The pages that can be reached by links from a page. */
function reachable(start: string, found = new Set([start])): Set<string> {
  for (const link of linksOf(readPage(start))) {
    const [path = ''] = link.split('#');
    const target = normalize(join(dirname(start), path));
    if (!documentPages.includes(target) || found.has(target)) continue;
    found.add(target);
    reachable(target, found);
  }
  return found;
}
