#include "storage/commit_turns.h"

namespace relief::storage {

class CommitTurns::Turn final : public ExclusiveTurn {
 public:
  explicit Turn(CommitTurns& turns) : turns_(turns) {
    std::unique_lock lock(turns_.mutex_);
    ++turns_.waiting_;
    turns_.changed_.wait(lock, [&] { return turns_.holder_ == nullptr && turns_.under_way_ == 0; });
    --turns_.waiting_;
    turns_.holder_ = this;
  }
  ~Turn() override {
    {
      std::lock_guard lock(turns_.mutex_);
      turns_.holder_ = nullptr;
    }
    turns_.changed_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  CommitTurns& turns_;
};

std::unique_ptr<ExclusiveTurn> CommitTurns::Take() { return std::make_unique<Turn>(*this); }

CommitTurns::Pass::Pass(CommitTurns& turns, const ExclusiveTurn* turn) : turns_(turns) {
  std::unique_lock lock(turns_.mutex_);
  turns_.changed_.wait(
      lock, [&] { return turns_.holder_ == nullptr ? turns_.waiting_ == 0 : turns_.holder_ == turn; });
  ++turns_.under_way_;
}

CommitTurns::Pass::~Pass() {
  {
    std::lock_guard lock(turns_.mutex_);
    --turns_.under_way_;
  }
  turns_.changed_.notify_all();
}

}  // namespace relief::storage
