// Pushes made-up records to a hub without end, and writes down in a file, outside the hub, what it sent and
// what was acknowledged: the oracle of the fault tests.
//
//   feed_writer HOST:PORT SOURCE FIRST DIARY RETRY_SECONDS [MOST [SHAPE]]
//
// Shapes: "pairs" (what follows); "people" (everybody different, and each a finding: a number that cannot be);
// "one-name" (everybody is called 王伟); "one-name-one-birthday" (1,000 of them at most); "one-phone"
// (everybody has the same telephone, nobody a number); "one-phone-one-family" (and the same family name). At
// the end it prints "acks N p50_ms X p99_ms Y".
//
// The diary has "sent N" before a batch leaves and "acked N" after its acknowledgement. Two records in a row
// are of one person, on the same programme in two counties, so that there are findings and notices as well. Ends with 0 after
// MOST records, with 1 when the hub made no progress for so many seconds.
#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/feed_client.h"
#include "matcher/normalize/normalizer.h"

namespace {

using relief::adapters::FeedClient;
namespace v1 = relief::v1;

constexpr int kBatch = 20;

struct Birth {
  int year, month, day;
};

std::string IdNumber(const Birth& birth, int sequence) {
  char digits[48];
  std::snprintf(digits, sizeof digits, "371302%04d%02d%02d%03d", birth.year, birth.month, birth.day,
                sequence);
  return std::string(digits) + relief::matcher::ResidentIdCheckDigit(digits);
}
std::string IdNumber(int person) {
  return IdNumber({1940 + person / 999 % 60, 1 + person / 60000 % 12, 1 + person / 720000 % 28},
                  1 + person % 999);
}

// A birthday that few others have.
Birth BirthOf(int person) { return {1940 + person % 60, 1 + person / 60 % 12, 1 + person / 720 % 28}; }

constexpr const char* kFamily[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};

std::string Name(int person) {
  static const char* const kGiven[] = {"伟", "芳", "娜", "敏", "静", "丽", "强",
                                       "磊", "军", "洋", "勇", "艳", "杰"};
  return std::string(kFamily[person % 10]) + kGiven[person / 10 % 13] + kGiven[person / 130 % 13];
}

std::string Character(uint32_t code) {
  return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

// A given name that nobody else of the first 20,000 has.
std::string GivenName(int number) {
  constexpr int64_t kCharacters = 20'011;  // a prime, a little below the number of those in the first block
  return Character(0x4E00 + static_cast<uint32_t>(number * int64_t{7919} % kCharacters)) +
         Character(0x4E00 + static_cast<uint32_t>(number * int64_t{104'729} % kCharacters));
}

// A benefit, of nobody yet.
v1::Record MonthlyLiving(char kind, int number) {
  v1::Record record;
  char id[16];
  std::snprintf(id, sizeof id, "%c%08d", kind, number);
  record.set_record_id(id);
  record.set_version(1);
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::MINIMUM_LIVING);
  benefit.set_form(v1::CASH);
  benefit.mutable_start_month()->set_year(2026);
  benefit.mutable_start_month()->set_month(1);
  benefit.set_amount_fen(50'000);
  benefit.set_cycle(v1::MONTHLY);
  return record;
}

// One record for each person, of one of the shapes above.
v1::Record MakePerson(int number, const std::string& shape) {
  v1::Record record = MonthlyLiving('S', number);
  v1::PersonIdentity& person = *record.mutable_person();
  if (shape.starts_with("one-name")) {
    person.set_name("王伟");
  } else {
    person.set_name((shape == "one-phone-one-family" ? "王" : kFamily[number % 10]) + GivenName(number));
  }
  person.set_region_code("371302");
  const Birth birth = shape == "one-name-one-birthday" ? Birth{1950, 1, 1} : BirthOf(number);
  if (shape.starts_with("one-phone")) {
    person.add_phones("13812345678");
    person.mutable_birth_date()->set_year(birth.year);
    person.mutable_birth_date()->set_month(birth.month);
    person.mutable_birth_date()->set_day(birth.day);
  } else {
    std::string id = IdNumber(birth, (shape == "one-name-one-birthday" ? number : number / 20'160) % 1000);
    if (shape == "people") id.back() = id.back() == '0' ? '1' : '0';
    person.set_id_number(id);
  }
  return record;
}

v1::Record MakeRecord(int number) {
  v1::Record record = MonthlyLiving('F', number);
  const int person = number / 2;
  record.mutable_person()->set_name(Name(person));
  record.mutable_person()->set_id_number(IdNumber(person));
  record.mutable_person()->set_region_code("371302");
  record.mutable_benefit()->set_paying_region(number % 2 == 0 ? "371302" : "371312");
  return record;
}

class Diary {
 public:
  explicit Diary(const char* path) : file_(::open(path, O_WRONLY | O_CREAT | O_APPEND, 0600)) {}
  void Note(const char* what, const v1::Batch& batch) {
    std::string lines;
    for (const v1::Record& record : batch.records())
      lines += std::string(what) + " " + record.record_id() + "\n";
    if (::write(file_, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) std::_Exit(5);
  }

 private:
  const int file_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "usage: feed_writer HOST:PORT SOURCE FIRST DIARY RETRY_SECONDS [MOST [SHAPE]]\n";
    return 2;
  }
  const int first = std::atoi(argv[3]);
  const int most = argc > 6 ? std::atoi(argv[6]) : 1'000'000'000;
  const std::string shape = argc > 7 ? argv[7] : "pairs";
  Diary diary(argv[4]);
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  const auto stub = v1::FeedService::NewStub(channel);
  FeedClient::Options options;
  options.open.set_source_id(argv[2]);
  options.open.set_content(v1::Source::BENEFITS);
  options.open.set_programme(v1::MINIMUM_LIVING);
  options.open.set_region_prefix("3713");
  options.retry_for = std::chrono::seconds(std::atoi(argv[5]));
  options.first_delay = std::chrono::milliseconds(20);
  using Steady = std::chrono::steady_clock;
  std::mutex mutex;
  std::map<int64_t, Steady::time_point> begun;  // by the number of a batch's first record
  std::vector<double> waited_ms;
  FeedClient client(*stub, options, [&](const v1::BatchAck& ack, const FeedClient::Sent& sent) {
    {
      std::lock_guard lock(mutex);
      waited_ms.push_back(
          std::chrono::duration<double, std::milli>(Steady::now() - begun[sent.lines.front()]).count());
      begun.erase(sent.lines.front());
    }
    if (ack.rejected_size() > 0) {
      std::cerr << "rejected: " << ack.rejected(0).ShortDebugString() << "\n";
      std::_Exit(6);
    }
    diary.Note("acked", sent.batch);
  });
  absl::Status status = client.Open().status();
  for (int number = first; status.ok() && number < first + most; number += kBatch) {
    FeedClient::Sent sent;
    for (int i = 0; i < kBatch; ++i) {
      *sent.batch.add_records() = shape == "pairs" ? MakeRecord(number + i) : MakePerson(number + i, shape);
      sent.lines.push_back(number + i);
    }
    diary.Note("sent", sent.batch);
    {
      std::lock_guard lock(mutex);
      begun[number] = Steady::now();
    }
    status = client.Send(std::move(sent));
  }
  if (status.ok()) status = client.Finish().status();
  if (!status.ok()) std::cerr << status << "\n";
  std::sort(waited_ms.begin(), waited_ms.end());
  if (!waited_ms.empty())
    std::cout << "acks " << waited_ms.size() << " p50_ms " << waited_ms[waited_ms.size() / 2] << " p99_ms "
              << waited_ms[waited_ms.size() * 99 / 100] << std::endl;
  return status.ok() ? 0 : 1;
}
