// What the feeds of a hub can say: of which help, of which facts, where, since when, until when. A gap says
// that something is not there, and only a feed that would tell of it can say so.
//
// Immutable; callable from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "relief/v1/feed_service.pb.h"
#include "server/coverage/item.h"
#include "server/coverage/rule_answer.h"
#include "server/coverage/timeline.h"

namespace relief::coverage {

// One feed, as it was declared and as its live records are.
struct Feed {
  v1::Programme programme = v1::PROGRAMME_UNSPECIFIED;  // of benefits; unspecified: a feed of facts
  std::string region_prefix;                            // outside of it the feed may not send
  v1::FeedCoverage declared;
  int32_t last_day = 0;  // of the last delivery, since 1970; 0: never
  // Live records by what they are and by county.
  struct Cell {
    Slot slot = 0;
    v1::BenefitForm form = v1::BENEFIT_FORM_UNSPECIFIED;
    std::string county;
    int64_t records = 0;
  };
  std::vector<Cell> cells;
  // The years and school terms that they are for.
  struct Period {
    v1::BenefitForm form = v1::BENEFIT_FORM_UNSPECIFIED;
    MonthIndex first;
  };
  std::vector<Period> periods;
};

// A feed comes so often, where nothing else is declared, and may be so late.
inline constexpr int kEveryDays = 31, kGraceDays = 4;

// Whether a feed ought to have been heard by that day.
bool IsSilent(const Feed& feed, int32_t today);

// By its records: where none of a county is so rare that it says something.
v1::FeedCoverage DeliveredBy(const Feed& feed);

class Feeds {
 public:
  Feeds(std::vector<Feed> feeds, matcher::CivilDate today);

  struct Question {
    Slot slot = 0;
    uint64_t forms = 0;                // a bit each; 0: whatever form
    std::string_view region;           // empty: no record tells
    std::optional<MonthIndex> period;  // the first month of a year or a term whose list is asked about
    std::optional<MonthIndex> since;   // what is asked about began in this month
  };
  // What is lacking to say that there is no such help, or nothing. Of several feeds the one that comes nearest
  // answers.
  Lack Ask(const Question& question) const;

  // Changes whenever some question may be answered otherwise.
  const std::string& summary() const { return summary_; }

 private:
  struct Known {
    Feed feed;
    bool silent = false;
    struct OfForm {
      std::set<std::string> counties;
      int64_t records = 0;
      std::optional<MonthIndex> last_period;
    };
    std::map<Slot, std::map<int, OfForm>> by_slot;  // and form
  };
  static v1::Entitlement::Reason AskOne(const Known& known, const Question& question);

  std::vector<Known> feeds_;
  std::string summary_;
};

}  // namespace relief::coverage
