// Links of a survey: public ones are listed, single-use ones are shown once, when they are made.
import { App, Button, Input, Popconfirm, Space, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCreateSurveyLinks, useListSurveyLinks, useRevokeSurveyLink, type LinkRevocation, type NewSurveyLinks, type SurveyDetail } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Snippet } from '../../components/snippet';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { QrButton } from './survey_qr';

const addressOf = (path: string) => window.location.origin + path;

function useRevoke(survey: SurveyDetail) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const revoke = useRevokeSurveyLink();
  const take = (body: LinkRevocation, done?: () => void) => revoke.mutate({ id: survey.id, body }, {
    onError: notice,
    onSuccess: async () => {
      done?.();
      await invalidate('listSurveyLinks');
      void message.success(t('survey.link_revoked'));
    },
  });
  return { take, isPending: revoke.isPending };
}

/** Of a single-use or personal link only its address is known, to whoever has it. */
function RevokeByAddress({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const { take, isPending } = useRevoke(survey);
  const [path, setPath] = useState('');
  return (
    <Space.Compact style={{ width: '100%', marginTop: 8 }}>
      <Input aria-label={t('survey.link_address')} placeholder={t('survey.link_address')} value={path} onChange={(event) => setPath(event.target.value)} autoComplete="off" />
      <Popconfirm title={t('survey.revoke_sure')} okText={t('survey.revoke')} cancelText={t('common.cancel')} onConfirm={() => take({ path: path.trim() }, () => setPath(''))}>
        <Button disabled={!path.trim()} loading={isPending}>{t('survey.revoke')}</Button>
      </Popconfirm>
    </Space.Compact>
  );
}

export function SurveyLinks({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const links = useListSurveyLinks({ id: survey.id });
  const make = useCreateSurveyLinks();
  const { take } = useRevoke(survey);
  const [once, setOnce] = useState('');
  const add = (body: NewSurveyLinks) => make.mutate({ id: survey.id, body }, {
    onError: notice,
    onSuccess: async ({ items }) => {
      if (body.kind === 'single') setOnce(items.map((link) => addressOf(link.path)).join('\n'));
      await invalidate('listSurveyLinks', 'getSurveyResults');
    },
  });
  return (
    <Panel title={t('survey.links')} note={t(survey.state === 'open' ? 'survey.links_note' : 'survey.links_wait')} tools={(
      <Space>
        <Button size="small" loading={make.isPending} onClick={() => add({ kind: 'public' })}>{t('survey.link_public')}</Button>
        <Button size="small" loading={make.isPending} onClick={() => add({ kind: 'single' })}>{t('survey.link_single')}</Button>
      </Space>
    )}>
      {once && <><p className="small" role="status">{t('survey.link_once')}</p><Snippet text={once} /></>}
      <Load query={links} rows={2}>
        {({ items }) => (items.length === 0
          ? <p className="muted" style={{ margin: 0 }}>{t('survey.links_empty')}</p>
          : items.map((link) => (
            <div key={link.id}>
              <Snippet text={addressOf(link.path)} />
              <p className="muted small">{t('survey.link_opened', { n: exact(link.opened, language) })} <QrButton text={addressOf(link.path)} name={`${survey.key}-${link.id}`} />{' '}
                {link.revoked
                  ? <Tag>{t('survey.link_is_revoked')}</Tag>
                  : <Popconfirm title={t('survey.revoke_sure')} okText={t('survey.revoke')} cancelText={t('common.cancel')} onConfirm={() => take({ link: link.id })}><Button size="small" type="link" danger>{t('survey.revoke')}</Button></Popconfirm>}
              </p>
            </div>
          )))}
      </Load>
      <RevokeByAddress survey={survey} />
      <p className="muted small" style={{ marginBottom: 0 }}>{t('survey.link_personal')}</p>
    </Panel>
  );
}
