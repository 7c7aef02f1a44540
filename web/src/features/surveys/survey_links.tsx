// Links of a survey: public ones are listed, single-use ones are shown once, when they are made.
import { Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCreateSurveyLinks, useListSurveyLinks, type NewSurveyLinks, type SurveyDetail } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Snippet } from '../../components/snippet';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { QrButton } from './survey_qr';

const addressOf = (path: string) => window.location.origin + path;

export function SurveyLinks({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const links = useListSurveyLinks({ id: survey.id });
  const make = useCreateSurveyLinks();
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
              <p className="muted small">{t('survey.link_opened', { n: exact(link.opened, language) })} <QrButton text={addressOf(link.path)} name={`${survey.key}-${link.id}`} /></p>
            </div>
          )))}
      </Load>
      <p className="muted small" style={{ marginBottom: 0 }}>{t('survey.link_personal')}</p>
    </Panel>
  );
}
