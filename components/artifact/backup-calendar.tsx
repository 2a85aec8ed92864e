import { ChevronLeft, ChevronRight } from "lucide-react";
import { classNames } from "@/components/class-names";
import { pluralize } from "@/components/format";
import { Link } from "@/components/ui/link";
import { NarrowFold } from "@/components/ui/narrow-fold";
import { Panel } from "@/components/ui/panel";
import { calendarWeeks, monthBeside } from "./calendar-weeks";

/** The backups of one day. */
export interface CalendarDay {
  /** `2026-11-20` */
  day: string;
  backups: number;
  /** Those of which a copy is suspect or damaged. */
  suspect: number;
}

interface Props {
  /** `2026-11` */
  month: string;
  /** Those with backups. */
  days: readonly CalendarDay[];
  /** Today on the reader's calendar. */
  today: string;
  /** The days that the list beside it is narrowed to. */
  chosen: { from?: string; to?: string };
  /** Other parameters of the address, kept by all links. */
  params: Record<string, string | undefined>;
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const inWords = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
const MONTH = inWords({ month: "long", year: "numeric" });
const DAY = inWords({ day: "numeric", month: "long", year: "numeric" });

/** A month with the days on which backups were stored that can still be restored; each leads to its backups. */
export function BackupCalendar({ month, days, today, chosen, params }: Props) {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const total = days.reduce((sum, { backups }) => sum + backups, 0);
  const name = MONTH.format(Date.parse(`${month}-01T00:00:00Z`));
  return (
    <Panel padded={false}>
      <NarrowFold title="Calendar">
        <div className="px-3 pb-3">
          <div className="flex items-center justify-between">
            <MonthLink month={monthBeside(month, -1)} params={params} label="Previous month">
              <ChevronLeft aria-hidden="true" className="size-4" />
            </MonthLink>
            <span className="font-medium text-sm">{name}</span>
            {month < today.slice(0, 7) ? (
              <MonthLink month={monthBeside(month, 1)} params={params} label="Next month">
                <ChevronRight aria-hidden="true" className="size-4" />
              </MonthLink>
            ) : (
              <span className="size-9" />
            )}
          </div>
          <table className="w-full table-fixed text-center text-sm" aria-label={`Backups in ${name}`}>
            <thead>
              <tr>
                {WEEKDAYS.map((weekday) => (
                  <th key={weekday} scope="col" abbr={weekday} className="h-7 font-normal text-faint text-xs">
                    {weekday.slice(0, 2)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {calendarWeeks(month).map((week) => (
                <tr key={week.find(Boolean)}>
                  {week.map((day, index) => (
                    <td key={WEEKDAYS[index]} className="p-0.5">
                      {day && (
                        <Day
                          day={day}
                          backups={byDay.get(day)}
                          isToday={day === today}
                          isChosen={Boolean(chosen.from && chosen.to && chosen.from <= day && day <= chosen.to)}
                          params={{ ...params, month }}
                        />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p className="px-1 pt-2 text-muted text-xs">
            {total > 0
              ? `${pluralize(total, "backup")} on ${pluralize(days.length, "day")}.`
              : "No backup of this month can be restored."}
          </p>
        </div>
      </NarrowFold>
    </Panel>
  );
}

interface DayProps {
  day: string;
  backups: CalendarDay | undefined;
  isToday: boolean;
  isChosen: boolean;
  params: Record<string, string | undefined>;
}

function Day({ day, backups, isToday, isChosen, params }: DayProps) {
  const number = Number(day.slice(-2));
  const common = classNames(
    "num flex h-9 flex-col items-center justify-center rounded-md leading-none",
    isToday && "font-semibold",
  );
  if (!backups) {
    return (
      <span className={classNames(common, "text-faint")}>
        {number}
        <span aria-hidden="true" className="mt-1 size-1" />
      </span>
    );
  }
  const suspect = backups.suspect > 0 ? `, ${backups.suspect.toLocaleString("en")} suspect` : "";
  return (
    <Link
      href={addressOf({ ...params, from: day, to: day })}
      aria-label={`${DAY.format(Date.parse(`${day}T00:00:00Z`))}: ${pluralize(backups.backups, "backup")}${suspect}`}
      aria-current={isChosen ? "date" : undefined}
      className={classNames(common, isChosen ? "bg-primary text-on-primary" : "text-ink hover:bg-hover")}
    >
      {number}
      <span
        aria-hidden="true"
        className={classNames(
          "mt-1 rounded-full",
          backups.suspect > 0 ? "h-1 w-3" : "size-1",
          isChosen ? "bg-on-primary" : backups.suspect > 0 ? "bg-warning" : "bg-success",
        )}
      />
    </Link>
  );
}

interface MonthLinkProps {
  month: string;
  params: Record<string, string | undefined>;
  label: string;
  children: React.ReactNode;
}

function MonthLink({ month, params, label, children }: MonthLinkProps) {
  return (
    <Link
      href={addressOf({ ...params, month })}
      aria-label={label}
      className="flex size-9 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
    >
      {children}
    </Link>
  );
}

function addressOf(params: Record<string, string | undefined>): string {
  const kept = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `/restore?${new URLSearchParams(kept)}`;
}
