// All write keys in one place.
import { KeyOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useListSources } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { KeyList, KeyModal } from '../data/source_keys';

export function KeysTab() {
  const { t } = useTranslation();
  const sources = useListSources();
  const [writeKey, setWriteKey] = useState<string | null>(null);
  return (
    <Panel title={t('settings.keys')} note={t('settings.keys_note')}>
      <Load query={sources}>
        {(data) => {
          const http = data.items.filter((source) => source.kind === 'http');
          if (http.length === 0) return <Teach icon={<KeyOutlined />} title={t('source.empty')} text={t('source.empty_text')} action={<Link to="/data"><Button type="primary">{t('overview.connect')}</Button></Link>} />;
          return (
            <div style={{ display: 'grid', gap: 18 }}>
              {http.map((source) => <div key={source.id}><h3 style={{ margin: '0 0 6px', fontSize: 14 }}>{source.name}</h3><KeyList source={source} onCreated={setWriteKey} /></div>)}
            </div>
          );
        }}
      </Load>
      <KeyModal writeKey={writeKey} onClose={() => setWriteKey(null)} />
    </Panel>
  );
}
