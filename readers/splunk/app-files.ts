import type { KitFile, Product } from '../kit.ts';
import { confText } from './conf.ts';
import { app } from './names.ts';

export function appFiles({ name }: Product): KitFile[] {
  return [
    { path: `${app}/default/app.conf`, text: appConf(name) },
    {
      path: `${app}/metadata/default.meta`,
      // Without the export, searches in other apps do not see the fields.
      text: confText([
        { name: '', settings: { access: 'read : [ * ], write : [ admin, sc_admin ]', export: 'system' } },
      ]),
    },
  ];
}

function appConf(product: string): string {
  return confText([
    { name: 'install', settings: { is_configured: 'true' } },
    { name: 'ui', settings: { is_visible: 'false', label: `SIEM export of ${product}` } },
    {
      name: 'launcher',
      settings: { author: 'SIEM export', description: `Audit log of ${product}`, version: '1.0.0' },
    },
    { name: 'package', settings: { id: app, check_for_updates: 'false' } },
  ]);
}
