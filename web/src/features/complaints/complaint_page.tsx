// One complaint: what was said, how it stands by the clock, everything that was done, and what can be done now.
import { Descriptions, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useGetComplaint, type ComplaintDetail, type ComplaintStep } from '../../api/generated';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { moment, money, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { Actions, Decide } from './complaint_actions';
import { ClockTag, SeverityTag, StateTag, useCategories } from './words';

const kDots: Record<ComplaintStep['state'], string> = { done: 'blue', waiting: 'orange', approved: 'green', refused: 'red' };

function StepView({ complaint, step }: { complaint: string; step: ComplaintStep }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { name } = useCategories();
  const { zone } = useScope();
  const detail = step.kind === 'opened' ? name(step.detail) : step.detail;
  return (
    <div data-testid={`step-${step.kind}`}>
      <strong>{t(`complaint.step_${step.kind}`)}</strong>{step.cost && ` · ${money(step.cost, language)}`}
      {step.state !== 'done' && <span className="muted"> · {t(`complaint.step_state_${step.state}`)}</span>}
      <div className="muted small">{moment(step.at, language, zone)} · {step.by.name || t('complaint.service')}</div>
      {detail && <div>{detail}</div>}
      {step.note && <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{step.note}</div>}
      {step.why && <div className="muted small">{t(`complaint.why_${step.why}`)}</div>}
      {step.decided && <div className="muted small">{t('complaint.decided', { who: step.decided_by.name || t('complaint.service'), at: moment(step.decided, language, zone) })}{step.decision && `: ${step.decision}`}</div>}
      {step.state === 'waiting' && <Decide complaint={complaint} step={step} />}
    </div>
  );
}

function Facts({ detail }: { detail: ComplaintDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { name } = useCategories();
  const { zone } = useScope();
  const one = detail.complaint;
  const best = detail.suggestions[0];
  const items = [
    { key: 'category', label: t('complaint.category'), children: <span>{name(one.category)}{!one.chosen && <span className="muted small"> · {t('complaint.suggested_only', { share: percent(one.confidence, language, 0) })}</span>}{one.chosen && best && best.category !== one.category && <div className="muted small">{t('complaint.suggests', { category: name(best.category), share: percent(best.confidence, language, 0) })}</div>}</span> },
    { key: 'severity', label: t('complaint.severity'), children: <SeverityTag severity={one.severity} /> },
    { key: 'customer', label: t('complaint.customer'), children: one.customer_id ? <Link to={`/customers/${one.customer_id}`}>{one.customer || t('customer.unnamed')}</Link> : t('complaint.unknown') },
    { key: 'channel', label: t('complaint.channel'), children: names.channel(one.channel) },
    ...(one.unit ? [{ key: 'unit', label: t('record.unit'), children: names.unit(one.unit) }] : []),
    { key: 'owner', label: t('complaint.owner'), children: <span>{one.owner.name || t('complaint.nobody')}{one.first_owner.id !== one.owner.id && <div className="muted small">{t('complaint.first_owner', { name: one.first_owner.name || t('complaint.nobody') })}</div>}</span> },
    { key: 'opened', label: t('complaint.opened'), children: moment(one.opened, language, zone) },
    { key: 'due', label: t('complaint.due'), children: <span>{moment(one.due, language, zone)} <ClockTag clock={one.clock} /></span> },
    ...(one.state === 'new' ? [{ key: 'accept', label: t('complaint.accept_due'), children: moment(one.accept_due, language, zone) }] : []),
    ...(one.cause_class ? [{ key: 'cause', label: t('complaint.cause'), children: `${t(`complaint.cause_${one.cause_class}`)}${one.cause && ` · ${one.cause}`}` }] : []),
    ...(one.reopened > 0 ? [{ key: 'reopened', label: t('complaint.reopened'), children: t('complaint.times', { n: one.reopened }) }] : []),
  ];
  return <Descriptions size="small" column={1} items={items} />;
}

export function ComplaintPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const complaint = useGetComplaint({ id }, { refetchInterval: 15_000, keep: true });
  return (
    <Load query={complaint}>
      {(detail) => (
        <Page title={detail.complaint.number} answers={<><StateTag state={detail.complaint.state} /><ClockTag clock={detail.complaint.clock} /></>} actions={<Link to="/complaints">{t('complaint.back')}</Link>}>
          <div className="grid two">
            <Panel title={t('complaint.text')}>
              <p style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', marginTop: 0 }}>{detail.may_handle ? detail.text : <span className="muted">{t('complaint.hidden')}</span>}</p>
              <Facts detail={detail} />
            </Panel>
            <div>
              {detail.may_handle && <Panel title={t('complaint.now')}><Actions detail={detail} /></Panel>}
              <div className={detail.may_handle ? 'section' : ''}>
                <Panel title={t('complaint.history')}>
                  <Timeline items={detail.steps.map((step) => ({ key: step.id, color: kDots[step.state], content: <StepView complaint={detail.complaint.id} step={step} /> }))} />
                </Panel>
              </div>
            </div>
          </div>
        </Page>
      )}
    </Load>
  );
}
