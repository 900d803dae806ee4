// Pushes made-up records to a hub without end, and writes down in a file, outside the hub, what it sent and
// what was acknowledged: the oracle of the fault tests.
//
//   feed_writer HOST:PORT SOURCE FIRST DIARY RETRY_SECONDS [MOST]
//
// The diary has "sent N" before a batch leaves and "acked N" after its acknowledgement. Two records in a row
// are of one person, on the same programme, so that there are findings and notices as well. Ends with 0 after
// MOST records, with 1 when the hub made no progress for so many seconds.
#include <fcntl.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "adapters/feed_client.h"

namespace {

using relief::adapters::FeedClient;
namespace v1 = relief::v1;

constexpr int kBatch = 20;

// 17 digits and their check digit (GB 11643).
std::string IdNumber(int person) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "371302%04d%02d%02d%03d", 1940 + person / 999 % 60,
                1 + person / 60000 % 12, 1 + person / 720000 % 28, 1 + person % 999);
  int sum = 0, weight = 1;
  for (int i = 16; i >= 0; --i) {
    weight = weight * 2 % 11;
    sum += (digits[i] - '0') * weight;
  }
  return std::string(digits) + "10X98765432"[sum % 11];
}

std::string Name(int person) {
  static const char* const kFamily[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"};
  static const char* const kGiven[] = {"伟", "芳", "娜", "敏", "静", "丽", "强",
                                       "磊", "军", "洋", "勇", "艳", "杰"};
  return std::string(kFamily[person % 10]) + kGiven[person / 10 % 13] + kGiven[person / 130 % 13];
}

v1::Record MakeRecord(int number) {
  v1::Record record;
  char id[16];
  std::snprintf(id, sizeof id, "F%08d", number);
  record.set_record_id(id);
  record.set_version(1);
  const int person = number / 2;
  record.mutable_person()->set_name(Name(person));
  record.mutable_person()->set_id_number(IdNumber(person));
  record.mutable_person()->set_region_code("371302");
  v1::Benefit& benefit = *record.mutable_benefit();
  benefit.set_programme(v1::MINIMUM_LIVING);
  benefit.set_form(v1::CASH);
  benefit.mutable_start_month()->set_year(2026);
  benefit.mutable_start_month()->set_month(1);
  benefit.set_amount_fen(50'000);
  benefit.set_cycle(v1::MONTHLY);
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
    std::cerr << "usage: feed_writer HOST:PORT SOURCE FIRST DIARY RETRY_SECONDS [MOST]\n";
    return 2;
  }
  const int first = std::atoi(argv[3]);
  const int most = argc > 6 ? std::atoi(argv[6]) : 1'000'000'000;
  Diary diary(argv[4]);
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  const auto stub = v1::FeedService::NewStub(channel);
  FeedClient::Options options;
  options.open.set_source_id(argv[2]);
  options.open.set_content(v1::Source::BENEFITS);
  options.open.set_programme(v1::MINIMUM_LIVING);
  options.open.set_region_prefix("371302");
  options.retry_for = std::chrono::seconds(std::atoi(argv[5]));
  options.first_delay = std::chrono::milliseconds(20);
  FeedClient client(*stub, options, [&](const v1::BatchAck& ack, const FeedClient::Sent& sent) {
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
      *sent.batch.add_records() = MakeRecord(number + i);
      sent.lines.push_back(number + i);
    }
    diary.Note("sent", sent.batch);
    status = client.Send(std::move(sent));
  }
  if (status.ok()) status = client.Finish().status();
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
