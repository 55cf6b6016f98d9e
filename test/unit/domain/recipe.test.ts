import { describe, expect, it } from 'vitest';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { placeName, placeOf } from '../../../lambdas/domain/recipe.ts';

const azure = { type: 'azure', storageAccount: 'acmeaudit', container: 'audit' } as const;
const nameOf = (destination: Destination) => placeName(placeOf(destination));

describe('the name of a place', () => {
  it.each<[Destination, string]>([
    [{ type: 's3', bucket: 'acme', region: 'eu-central-1', prefix: 'a/b' }, 's3://acme/a/b'],
    [{ type: 'gcs', bucket: 'acme' }, 'gcs://acme'],
    [azure, 'azure://acmeaudit/audit'],
    [{ ...azure, prefix: 'siem' }, 'azure://acmeaudit/audit/siem'],
    [{ ...azure, cloud: 'china' }, 'azure://acmeaudit.blob.core.chinacloudapi.cn/audit'],
  ])('%j', (destination, name) => {
    expect(nameOf(destination)).toBe(name);
  });

  it('is the same where only the way there is another, or where a default is written out', () => {
    const s3 = { type: 's3', bucket: 'acme', region: 'eu-central-1' } as const;
    expect(nameOf({ ...s3, region: 'us-east-1' })).toBe(nameOf(s3));
    expect(placeOf({ ...azure, cloud: 'public' })).toEqual(placeOf(azure));
  });

  it('tells storage accounts apart, and clouds in which they have the same name', () => {
    const names = [
      azure,
      { ...azure, storageAccount: 'another' },
      { ...azure, cloud: 'usgovernment' as const },
      { ...azure, cloud: 'china' as const },
      { ...azure, container: 'another' },
    ].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });
});
