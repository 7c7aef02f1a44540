// The mapping as text, and beside it what it makes of a message that is pasted in. Nothing is stored.
import { Alert, Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListMessagePresets, useTryMapping, type ConnectorKind, type MappedEvent } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { Snippet } from '../../components/snippet';
import { useLanguage } from '../../i18n';

const kCode = { fontFamily: 'ui-monospace, monospace', fontSize: 13 };

const laidOut = (json: string) => JSON.stringify(JSON.parse(json), null, 2);

/** Only what says something. */
function shown(event: MappedEvent): string {
  return JSON.stringify(Object.fromEntries(Object.entries(event).filter(([, value]) => value !== '' && value !== null && (typeof value !== 'object' || Object.keys(value).length > 0))), null, 2);
}

export function MappingBox({ kind, value, onChange }: { kind: ConnectorKind; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const attempt = useTryMapping();
  const presets = useListMessagePresets({ staleTime: 300_000 });
  const [payload, setPayload] = useState('');
  const outcome = attempt.data;
  return (
    <>
      <Form.Item label={t('connector.begin_with')} extra={t('connector.begin_with_explain')}>
        <Select
          allowClear aria-label={t('connector.begin_with')} placeholder={t('connector.begin_with_none')} loading={presets.isPending}
          options={presets.data?.items.map((item) => ({ value: item.key, label: language === 'zh' ? item.name_zh : item.name_en })) ?? []}
          onChange={(key?: string) => {
            const chosen = presets.data?.items.find((item) => item.key === key);
            onChange(chosen ? laidOut(chosen.mapping) : kind.mapping);
            setPayload(chosen ? laidOut(chosen.payload) : '');
          }}
        />
      </Form.Item>
      <Form.Item label={t('connector.mapping')} extra={t('connector.mapping_explain')}>
        <Input.TextArea aria-label={t('connector.mapping')} value={value} onChange={(event) => onChange(event.target.value)} autoSize={{ minRows: 8, maxRows: 24 }} style={kCode} spellCheck={false} />
        {value !== kind.mapping && <Button size="small" type="link" style={{ paddingInline: 0 }} onClick={() => onChange(kind.mapping)}>{t('connector.mapping_default')}</Button>}
      </Form.Item>
      <Form.Item label={t('connector.try')} extra={t('connector.try_explain')}>
        <Input.TextArea aria-label={t('connector.try')} value={payload} onChange={(event) => setPayload(event.target.value)} autoSize={{ minRows: 3, maxRows: 16 }} style={kCode} spellCheck={false} placeholder={'{"event": "Order Paid", "user_id": "42"}'} />
        <Button style={{ marginTop: 8 }} disabled={payload.trim() === ''} loading={attempt.isPending} onClick={() => attempt.mutate({ body: { mapping: value, payload } })}>{t('connector.try_button')}</Button>
      </Form.Item>
      {attempt.isError && <div style={{ marginBottom: 16 }}><ProblemView error={attempt.error} /></div>}
      {outcome && (
        <div data-testid="mapping-outcome" style={{ display: 'grid', gap: 8, marginBottom: 16 }}>
          <Alert type={outcome.quarantined > 0 ? 'warning' : 'success'} showIcon title={t('connector.try_outcome', { accepted: outcome.accepted, quarantined: outcome.quarantined, ignored: outcome.ignored })} />
          {outcome.events.slice(0, 5).map((event, index) => <Snippet key={index} text={shown(event)} />)}
          {outcome.rejects.slice(0, 5).map((reject) => <div key={reject.at} className="small">{reject.at}: {t(`reason.${reject.reason}`)} · {reject.detail}</div>)}
        </div>
      )}
    </>
  );
}
